//go:build echo

package main

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo"
	"github.com/labstack/echo/middleware"
)

func main() {
	router := echo.New()
	router.Use(middleware.Recover())
	router.GET("/ping", pong)
	router.GET("/plaintext", func(c echo.Context) error { return c.String(http.StatusOK, plaintext) })
	router.GET("/users/:id", func(c echo.Context) error {
		id, err := strconv.ParseUint(c.Param("id"), 10, 64)
		if err != nil {
			return c.NoContent(http.StatusBadRequest)
		}
		return c.JSON(http.StatusOK, userOf(id))
	})
	router.POST("/echo", func(c echo.Context) error {
		var sent order
		if err := c.Bind(&sent); err != nil {
			return c.NoContent(http.StatusBadRequest)
		}
		return c.JSON(http.StatusOK, sent)
	})
	router.GET("/big", func(c echo.Context) error { return c.JSON(http.StatusOK, items) })
	router.GET("/mw", pong, responseTime, counted, requestID, frameOptions, authorized)
	for _, route := range table() {
		handler := func(c echo.Context) error { return c.String(http.StatusOK, stub) }
		if isComments(route) {
			handler = func(c echo.Context) error {
				number, err := strconv.ParseUint(c.Param("number"), 10, 64)
				if err != nil {
					return c.NoContent(http.StatusBadRequest)
				}
				return c.JSON(http.StatusOK, comments{c.Param("owner"), c.Param("repo"), number})
			}
		}
		router.Add(route[0], route[1], handler)
	}
	if err := http.ListenAndServe(addr(), router); err != nil {
		panic(err)
	}
}

func pong(c echo.Context) error {
	return c.JSON(http.StatusOK, message{"pong"})
}

func responseTime(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		begun := time.Now()
		c.Response().Before(func() {
			micros := time.Since(begun).Microseconds()
			c.Response().Header().Set("x-response-time", strconv.FormatInt(micros, 10))
		})
		return next(c)
	}
}

func counted(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		count()
		return next(c)
	}
}

func requestID(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set("x-request-id", nextID())
		return next(c)
	}
}

func frameOptions(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set("x-frame-options", "DENY")
		return next(c)
	}
}

func authorized(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if c.Request().Header.Get("authorization") != token {
			return c.NoContent(http.StatusUnauthorized)
		}
		return next(c)
	}
}
