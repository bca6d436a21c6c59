//go:build nethttp

package main

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// net/http with the routes of the contract. With GO111MODULE=off its mux supports neither parameters nor methods, so the
// handlers split the paths, and a table of 138 routes would not be realistic.
func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("/ping", pong)
	mux.HandleFunc("/plaintext", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("content-type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte(plaintext))
	})
	mux.HandleFunc("/users/", func(w http.ResponseWriter, r *http.Request) {
		id, err := strconv.ParseUint(strings.TrimPrefix(r.URL.Path, "/users/"), 10, 64)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		write(w, userOf(id))
	})
	mux.HandleFunc("/repos/", func(w http.ResponseWriter, r *http.Request) {
		parts := strings.Split(r.URL.Path, "/")
		if len(parts) != 7 || parts[4] != "issues" || parts[6] != "comments" {
			http.NotFound(w, r)
			return
		}
		number, err := strconv.ParseUint(parts[5], 10, 64)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		write(w, comments{parts[2], parts[3], number})
	})
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		var sent order
		if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		write(w, sent)
	})
	mux.HandleFunc("/big", func(w http.ResponseWriter, _ *http.Request) { write(w, items) })
	mux.Handle("/mw", responseTime(counted(requestID(frameOptions(authorized(http.HandlerFunc(pong)))))))
	if err := http.ListenAndServe(addr(), mux); err != nil {
		panic(err)
	}
}

func write(w http.ResponseWriter, value any) {
	w.Header().Set("content-type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

func pong(w http.ResponseWriter, _ *http.Request) {
	write(w, message{"pong"})
}

// Sets a header when the response starts, because the time is known only then.
type timed struct {
	http.ResponseWriter
	begun time.Time
}

func (w timed) Write(bytes []byte) (int, error) {
	micros := time.Since(w.begun).Microseconds()
	w.Header().Set("x-response-time", strconv.FormatInt(micros, 10))
	return w.ResponseWriter.Write(bytes)
}

func responseTime(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(timed{w, time.Now()}, r)
	})
}

func counted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		count()
		next.ServeHTTP(w, r)
	})
}

func requestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("x-request-id", nextID())
		next.ServeHTTP(w, r)
	})
}

func frameOptions(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("x-frame-options", "DENY")
		next.ServeHTTP(w, r)
	})
}

func authorized(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("authorization") != token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}
