// Changes the document as a new version of the server might, generates the types again, and compiles the page with
// them. Each change must be an error of the compiler at the code that depends on it.

import { readFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

// The description of the change, the change, and the error with its line. The first case has no error.
const CASES = [
  ["nothing changes", () => {}],
  [
    "an answer loses a property",
    ({ Book }) => remove(Book, "author"),
    'setText("book-author", book.author);',
    "Property 'author' does not exist",
  ],
  [
    "a property of an answer has another name",
    ({ Book }) => {
      add(Book, "published", Book.properties.year);
      remove(Book, "year");
    },
    'setText("book-year", String(book.year));',
    "Property 'year' does not exist",
  ],
  [
    "a property of an answer is optional",
    ({ Book }) => Book.required.splice(Book.required.indexOf("title"), 1),
    "link.textContent = book.title;",
    "'undefined' is not assignable",
  ],
  [
    "an id is a number",
    ({ BookId }) => (BookId.type = "integer"),
    'setText("book-id", book.id);',
    "'number' is not assignable to parameter of type 'string'",
  ],
  [
    "a request needs another property",
    ({ NewBook }) => add(NewBook, "language", { type: "string" }),
    "const body: NewBook = {",
    "Property 'language' is missing",
  ],
  [
    "a path has another name",
    (_, paths) => {
      paths["/api/titles"] = paths["/api/books"];
      delete paths["/api/books"];
    },
    'await api.POST("/api/books", { body });',
    "'\"/api/books\"' is not assignable",
  ],
];

function add(schema, name, property) {
  schema.properties[name] = property;
  schema.required.push(name);
}

function remove(schema, name) {
  delete schema.properties[name];
  schema.required.splice(schema.required.indexOf(name), 1);
}

const folder = new URL("..", import.meta.url);
const read = (name) => readFileSync(new URL(name, folder), "utf8");
const { config } = ts.parseConfigFileTextToJson("tsconfig.json", read("tsconfig.json"));
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, folder.pathname);
const sources = new Map();
const APP = new URL("src/app.ts", folder).pathname;

/** Compiles the page with these types, and returns each error in `app.ts` with its line. */
function compile(types) {
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (path, ...rest) => {
    if (path.endsWith("/src/api.ts")) return ts.createSourceFile(path, types, ts.ScriptTarget.ES2022);
    // The other files are the same in each case, so they are parsed once.
    if (!sources.has(path)) sources.set(path, getSourceFile(path, ...rest));
    return sources.get(path);
  };
  const program = ts.createProgram([APP], options, host);
  const found = ts.getPreEmitDiagnostics(program, program.getSourceFile(APP));
  return found.map(({ file, start, messageText }) => {
    const line = file.text.slice(file.text.lastIndexOf("\n", start) + 1).split("\n")[0].trim();
    return { line, text: ts.flattenDiagnosticMessageText(messageText, "\n") };
  });
}

for (const [name, change, line, text] of CASES) {
  const document = JSON.parse(read("openapi.json"));
  change(document.components.schemas, document.paths);
  const errors = compile(astToString(await openapiTS(document)));
  const isExpected = (error) => error.line.includes(line) && error.text.includes(text);
  if (line ? !errors.some(isExpected) : errors.length > 0) {
    console.error(`${name}: ${line ? `no error at \`${line}\` contains ${text}` : "there are errors"}:`, errors);
    process.exit(1);
  }
  console.log(line ? `${name}: ${errors.find(isExpected).text.split("\n")[0]}` : `${name}: no error`);
}
