-- The text is the same for SQLite and PostgreSQL.

CREATE TABLE products (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    price_cents BIGINT NOT NULL CHECK (price_cents >= 0),
    stock BIGINT NOT NULL CHECK (stock >= 0)
);

CREATE TABLE accounts (
    name TEXT NOT NULL PRIMARY KEY,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('customer', 'clerk', 'admin')),
    is_blocked BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE orders (
    id BIGINT NOT NULL PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES accounts (name),
    product BIGINT NOT NULL REFERENCES products (id),
    count BIGINT NOT NULL CHECK (count >= 0)
);

CREATE INDEX orders_customer ON orders (customer);

-- The last number of an order. The columns that number themselves have no common syntax, and they leave a gap when a
-- transaction is rolled back.
CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);

INSERT INTO counters (name, last) VALUES ('orders', 0);
