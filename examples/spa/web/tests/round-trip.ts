// Sends requests to a server with the client of the page. `.ci/spa` compiles this file and runs it with Node.

import { connect, type Book, type Problem } from "../src/client";

declare const process: { argv: string[] };

/** 2^53 + 1: as a number, it would be rounded to 9007199254740992. */
const LARGE = "9007199254740993";

function assertEqual<T>(actual: T, expected: T): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (got !== wanted) {
    throw new Error(`${got}, not ${wanted}`);
  }
}

const api = connect(process.argv[2] ?? "http://localhost:8080");

// The id of the list selects the same book.
const { data: books = [] } = await api.GET("/api/books");
const listed = books.find((book) => book.title === "Night Mail");
assertEqual(listed?.id, LARGE);
const { data: shown } = await api.GET("/api/books/{id}", { params: { path: { id: LARGE } } });
assertEqual<Book | undefined>(shown, listed);

// The neighbour to which a number is rounded is another book.
const rounded = String(Number(LARGE));
const { error: missing, response } = await api.GET("/api/books/{id}", { params: { path: { id: rounded } } });
assertEqual([response.status, missing?.detail], [404, "there is no book 9007199254740992"]);

// A new book has the next id, and is at it.
const body = { title: "Emma", author: "Jane Austen", year: 1815 };
const { data: added } = await api.POST("/api/books", { body });
assertEqual<Book | undefined>(added, { id: "9007199254740994", ...body });
const again = await api.POST("/api/books", { body });
const exists = "book 9007199254740994 has this title and author already";
assertEqual([again.response.status, again.error?.detail], [409, exists]);

// The errors of the fields are typed.
const { error: invalid } = await api.POST("/api/books", { body: { title: "", author: "Jane Austen", year: 0 } });
const errors: Problem["errors"] = [
  { in: "body", name: "/title", detail: "must not be empty" },
  { in: "body", name: "/year", detail: "must be a year from 1450 to 2100" },
];
assertEqual(invalid?.errors, errors);
