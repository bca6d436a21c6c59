// The client of the API. Its types are those of `api.ts`, which `npm run types` writes from `openapi.json`.

import createClient from "openapi-fetch";
import type { components, paths } from "./api";

export type Book = components["schemas"]["Book"];
export type NewBook = components["schemas"]["NewBook"];
export type Problem = components["schemas"]["Problem"];

/** Returns a client of the server at this address. */
export const connect = (baseUrl: string) => createClient<paths>({ baseUrl });
