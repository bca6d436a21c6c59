-- The text is the same for SQLite and PostgreSQL. Times are milliseconds since 1970.

CREATE TABLE orders (
    id BIGINT NOT NULL PRIMARY KEY,
    customer TEXT NOT NULL,
    -- It is deleted after a month.
    email TEXT,
    cents BIGINT NOT NULL CHECK (cents > 0),
    created BIGINT NOT NULL,
    -- When the mail server has accepted the mail.
    mailed BIGINT
);

CREATE INDEX orders_created ON orders (created) WHERE email IS NOT NULL;

-- The number of an order is not unique here. Each order has one row because its consumer has its effect once.
CREATE TABLE awards (
    order_id BIGINT NOT NULL,
    customer TEXT NOT NULL,
    points BIGINT NOT NULL
);

CREATE INDEX awards_order ON awards (order_id);

CREATE TABLE customers (
    name TEXT NOT NULL PRIMARY KEY,
    points BIGINT NOT NULL
);

-- The last number of an order. The columns that number themselves have no common syntax.
CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);

INSERT INTO counters (name, last) VALUES ('orders', 0);
