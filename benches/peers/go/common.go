// Package main contains the Go servers. A build tag selects one: gin, echo or nethttp.
//
// Each is written in the idiom of its framework, with the routes of examples/bench-server.
package main

import (
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
)

const (
	plaintext = "Hello, World!"
	stub      = "stub"
	token     = "Bearer secret-token"
)

type message struct {
	Message string `json:"message"`
}

type user struct {
	ID   uint64 `json:"id"`
	Name string `json:"name"`
}

func userOf(id uint64) user {
	return user{ID: id, Name: fmt.Sprintf("user-%d", id)}
}

type comments struct {
	Owner  string `json:"owner"`
	Repo   string `json:"repo"`
	Number uint64 `json:"number"`
}

type order struct {
	ID         uint64   `json:"id"`
	Reference  string   `json:"reference"`
	Currency   string   `json:"currency"`
	Paid       bool     `json:"paid"`
	TotalCents int64    `json:"total_cents"`
	Customer   customer `json:"customer"`
	Shipping   address  `json:"shipping"`
	Lines      []line   `json:"lines"`
	Tags       []string `json:"tags"`
	Note       *string  `json:"note"`
}

type customer struct {
	ID    uint64  `json:"id"`
	Name  string  `json:"name"`
	Email string  `json:"email"`
	Phone *string `json:"phone"`
}

type address struct {
	Line1    string  `json:"line1"`
	Line2    *string `json:"line2"`
	City     string  `json:"city"`
	Postcode string  `json:"postcode"`
	Country  string  `json:"country"`
}

type line struct {
	Sku        string  `json:"sku"`
	Title      string  `json:"title"`
	Quantity   uint32  `json:"quantity"`
	PriceCents int64   `json:"price_cents"`
	Weight     float64 `json:"weight"`
}

type item struct {
	ID     uint64    `json:"id"`
	Name   string    `json:"name"`
	Email  string    `json:"email"`
	Active bool      `json:"active"`
	Score  float64   `json:"score"`
	Tags   [3]string `json:"tags"`
}

// The items of /big, which are created once and serialized for each response.
var items = func() []item {
	all := make([]item, 512)
	for i := range all {
		all[i] = item{
			ID:     uint64(100_000 + i),
			Name:   fmt.Sprintf("Item number %04d", i),
			Email:  fmt.Sprintf("item%04d@example.com", i),
			Active: i%3 == 0,
			Score:  float64(i) + 0.5,
			Tags:   [3]string{"red", "large", fmt.Sprintf("lot-%03d", i%100)},
		}
	}
	return all
}()

var hits, requests uint64

func count() {
	atomic.AddUint64(&hits, 1)
}

func nextID() string {
	return fmt.Sprintf("%016x", atomic.AddUint64(&requests, 1)-1)
}

// Returns the method and the path of each route of the table, with parameters as `:name`.
func table() [][2]string {
	text, err := os.ReadFile(os.Getenv("ROUTES"))
	if err != nil {
		panic(err)
	}
	var routes [][2]string
	for _, line := range strings.Split(string(text), "\n") {
		method, path, found := strings.Cut(line, " ")
		if !found || method == "#" {
			continue
		}
		path = strings.NewReplacer("{", ":", "}", "").Replace(path)
		routes = append(routes, [2]string{method, path})
	}
	return routes
}

// The route of the table that has its own handler, in the syntax of the table.
const commentsPath = "/repos/:owner/:repo/issues/:number/comments"

func isComments(route [2]string) bool {
	return route == [2]string{http.MethodGet, commentsPath}
}

func addr() string {
	if threads, err := strconv.Atoi(os.Getenv("THREADS")); err == nil {
		runtime.GOMAXPROCS(threads)
	}
	return "127.0.0.1:" + os.Getenv("PORT")
}
