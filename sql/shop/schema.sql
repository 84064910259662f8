-- SPDX-License-Identifier: Apache-2.0
-- Copyright (c) 2026 the Kinship authors
--
-- The sample shop. Load schema.sql, then data.sql, into an empty database:
--   psql -v ON_ERROR_STOP=1 -d DATABASE -f sql/shop/schema.sql -f sql/shop/data.sql
-- Each statement ends with a semicolon at the end of a line, and no other line ends so.

CREATE TABLE category (
  id integer PRIMARY KEY,
  name text NOT NULL UNIQUE
);

CREATE TABLE product (
  id integer PRIMARY KEY,
  category_id integer NOT NULL REFERENCES category,
  name text NOT NULL,
  sku text NOT NULL UNIQUE,
  price numeric(10, 2) NOT NULL CHECK (price >= 0),
  discontinued boolean NOT NULL DEFAULT false
);

CREATE TABLE customer (
  id integer PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  city text NOT NULL,
  vip boolean NOT NULL DEFAULT false,
  born date,
  created_at timestamptz NOT NULL
);

CREATE TABLE profile (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL UNIQUE REFERENCES customer ON DELETE CASCADE,
  bio text,
  newsletter boolean NOT NULL DEFAULT false
);

CREATE TABLE orders (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customer,
  status text NOT NULL CHECK (status IN ('open', 'paid', 'shipped', 'closed')),
  total numeric(12, 2) NOT NULL,
  placed_at timestamptz NOT NULL
);

CREATE TABLE item (
  id integer PRIMARY KEY,
  order_id integer NOT NULL REFERENCES orders ON DELETE CASCADE,
  product_id integer NOT NULL REFERENCES product,
  quantity integer NOT NULL CHECK (quantity > 0),
  price numeric(10, 2) NOT NULL
);

CREATE TABLE review (
  id integer PRIMARY KEY,
  product_id integer NOT NULL REFERENCES product,
  author_id integer NOT NULL REFERENCES customer,
  rating integer NOT NULL CHECK (rating BETWEEN 1 AND 5),
  body text,
  written_at timestamptz NOT NULL
);

CREATE INDEX product_category_id ON product (category_id);
CREATE INDEX orders_customer_id ON orders (customer_id);
CREATE INDEX item_order_id ON item (order_id);
CREATE INDEX item_product_id ON item (product_id);
CREATE INDEX review_product_id ON review (product_id);
CREATE INDEX review_author_id ON review (author_id);
