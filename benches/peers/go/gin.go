//go:build gin

package main

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
)

func main() {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.Use(gin.Recovery())
	router.GET("/ping", pong)
	router.GET("/plaintext", func(c *gin.Context) { c.String(http.StatusOK, plaintext) })
	router.GET("/users/:id", func(c *gin.Context) {
		id, err := strconv.ParseUint(c.Param("id"), 10, 64)
		if err != nil {
			c.Status(http.StatusBadRequest)
			return
		}
		c.JSON(http.StatusOK, userOf(id))
	})
	router.POST("/echo", func(c *gin.Context) {
		var sent order
		if err := c.ShouldBindJSON(&sent); err != nil {
			c.Status(http.StatusBadRequest)
			return
		}
		c.JSON(http.StatusOK, sent)
	})
	router.GET("/big", func(c *gin.Context) { c.JSON(http.StatusOK, items) })
	router.Group("/mw", responseTime, counted, requestID, frameOptions, authorized).GET("", pong)
	for _, route := range table() {
		handler := func(c *gin.Context) { c.String(http.StatusOK, stub) }
		if isComments(route) {
			handler = func(c *gin.Context) {
				number, err := strconv.ParseUint(c.Param("number"), 10, 64)
				if err != nil {
					c.Status(http.StatusBadRequest)
					return
				}
				c.JSON(http.StatusOK, comments{c.Param("owner"), c.Param("repo"), number})
			}
		}
		router.Handle(route[0], route[1], handler)
	}
	if err := http.ListenAndServe(addr(), router); err != nil {
		panic(err)
	}
}

func pong(c *gin.Context) {
	c.JSON(http.StatusOK, message{"pong"})
}

// Sets a header when the response starts, because the time is known only then.
type timed struct {
	gin.ResponseWriter
	begun time.Time
}

func (w timed) Write(bytes []byte) (int, error) {
	micros := time.Since(w.begun).Microseconds()
	w.Header().Set("x-response-time", strconv.FormatInt(micros, 10))
	return w.ResponseWriter.Write(bytes)
}

func responseTime(c *gin.Context) {
	c.Writer = timed{c.Writer, time.Now()}
	c.Next()
}

func counted(c *gin.Context) {
	count()
	c.Next()
}

func requestID(c *gin.Context) {
	c.Header("x-request-id", nextID())
	c.Next()
}

func frameOptions(c *gin.Context) {
	c.Header("x-frame-options", "DENY")
	c.Next()
}

func authorized(c *gin.Context) {
	if c.GetHeader("authorization") != token {
		c.AbortWithStatus(http.StatusUnauthorized)
		return
	}
	c.Next()
}
