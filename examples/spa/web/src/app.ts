// The page: a list of books, a view of one, and a form that adds one. The script handles the paths of the page.

import { connect, type Book, type NewBook, type Problem } from "./client";

const api = connect(location.origin);
const form = byId("new", HTMLFormElement);
/** The number of views that were opened. An answer for an earlier view is not shown. */
let opened = 0;
let isSending = false;

/** Returns the element with this id, which must be of this type. */
function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) {
    throw new Error(`the page has no ${type.name} with the id ${id}`);
  }
  return element;
}

function setText(id: string, text: string): void {
  byId(id, HTMLElement).textContent = text;
}

/** Returns the message of an error for a person. A proxy may send an error that contains no problem details. */
function message(problem: Partial<Problem> | undefined, response: Response): string {
  const text = problem?.detail ?? `the server answered ${response.status}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Shows one view and hides the others. */
function showView(id: string, title: string): void {
  for (const view of document.querySelectorAll("main > section")) {
    view.toggleAttribute("hidden", view.id !== id);
  }
  heading().textContent = title;
  document.title = title === "All books" ? "Books" : `${title} - Books`;
}

/** Returns the heading of the visible view. */
function heading(): HTMLElement {
  const element = document.querySelector<HTMLElement>("main > section:not([hidden]) > h2");
  if (!element) {
    throw new Error("no view is visible");
  }
  return element;
}

function showMissing(text: string): void {
  setText("missing", text);
  showView("missing-view", "Not found");
}

function showList(books: Book[]): void {
  const lines = books.map((book) => {
    const link = document.createElement("a");
    link.href = `/books/${book.id}`;
    link.textContent = book.title;
    const line = document.createElement("li");
    line.append(link);
    return line;
  });
  byId("books", HTMLUListElement).replaceChildren(...lines);
  showView("list-view", "All books");
}

function showBook(book: Book): void {
  setText("book-author", book.author);
  setText("book-year", String(book.year));
  setText("book-id", book.id);
  showView("book-view", book.title);
}

/** Shows the view of the current path. */
async function showPath(): Promise<void> {
  opened += 1;
  const view = opened;
  const path = location.pathname;
  setText("path", path);
  for (const link of document.querySelectorAll("nav a")) {
    link.setAttribute("aria-current", link.getAttribute("href") === path ? "page" : "false");
  }
  const id = /^\/books\/(\d+)$/.exec(path)?.[1];
  if (path === "/") {
    const { data, error, response } = await api.GET("/api/books");
    if (view !== opened) return;
    if (data) showList(data);
    else showMissing(message(error, response));
  } else if (id !== undefined) {
    const { data, error, response } = await api.GET("/api/books/{id}", { params: { path: { id } } });
    if (view !== opened) return;
    if (data) showBook(data);
    else showMissing(message(error, response));
  } else if (path === "/about") {
    showView("about-view", "About");
  } else {
    showMissing(`There is no page ${path}.`);
  }
}

/** Opens a path of the page, and moves the focus to its heading, as the browser does for a new page. */
async function openPath(path: string): Promise<void> {
  history.pushState(null, "", path);
  await showPath();
  heading().focus();
}

/** Shows the errors of the form: each one of a field at the field, and the message of all above them. */
function showErrors(text: string, errors: Problem["errors"] = []): void {
  setText("problem", text);
  for (const input of form.querySelectorAll("input")) {
    // In a body, the name of an error is a JSON pointer.
    const error = errors.find(({ name }) => name === `/${input.name}`);
    setText(`${input.name}-error`, error ? (error.detail ?? "is not valid") : "");
    input.setAttribute("aria-invalid", String(error !== undefined));
  }
  form.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
}

/** Adds the book of the form, and opens its view. */
async function add(): Promise<void> {
  const fields = new FormData(form);
  const body: NewBook = {
    title: String(fields.get("title")),
    author: String(fields.get("author")),
    // 0 is not valid, so the answer has a message.
    year: Number(fields.get("year")) || 0,
  };
  const { data, error, response } = await api.POST("/api/books", { body });
  if (data) {
    form.reset();
    showErrors("");
    await openPath(`/books/${data.id}`);
    setText("status", `Added ${data.title}.`);
  } else {
    showErrors(message(error, response), error?.errors);
  }
}

/** Runs something that sends requests, and shows whether the server could not be reached. */
async function run(task: () => Promise<void>): Promise<void> {
  setText("status", "");
  try {
    await task();
  } catch (error) {
    console.error(error);
    setText("status", "The server cannot be reached. Try again later.");
  }
}

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  const opensTab = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (link && !opensTab && link.origin === location.origin && !link.pathname.startsWith("/api/")) {
    event.preventDefault();
    void run(() => openPath(link.pathname));
  }
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  // A button that is disabled for a moment would lose the focus.
  if (isSending) return;
  isSending = true;
  void run(add).finally(() => (isSending = false));
});
addEventListener("popstate", () => void run(showPath));
void run(showPath);
