-- SPDX-License-Identifier: Apache-2.0
-- Copyright (c) 2026 the Kinship authors
--
-- Deterministic benchmark data set (about 0.6 M rows). Load into an empty database:
--   psql -v ON_ERROR_STOP=1 -d DATABASE -f bench-data.sql
-- customers 10 000 | orders 100 000 (10 per customer) | items 300 000 (3 per order) | products 1 000 | reviews 50 000
-- physicians 2 000 | patients 20 000 | appointments 100 000 | pictures 20 000 (polymorphic: 10 per product, 1 per customer)
SET client_min_messages = warning;
DROP TABLE IF EXISTS pictures, appointments, patients, physicians, reviews, items, orders, products, customers CASCADE;
CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL, email text NOT NULL, age integer NOT NULL, vip boolean NOT NULL, created_at timestamptz NOT NULL);
CREATE TABLE products (id integer PRIMARY KEY, name text NOT NULL, sku text NOT NULL, price double precision NOT NULL, description text NOT NULL);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers, total double precision NOT NULL, tax numeric(12,2) NOT NULL,
  status text NOT NULL, description text NOT NULL, created_at timestamptz NOT NULL);
CREATE TABLE items (id integer PRIMARY KEY, order_id integer NOT NULL REFERENCES orders, product_id integer NOT NULL REFERENCES products, quantity integer NOT NULL, price double precision NOT NULL);
CREATE TABLE reviews (id integer PRIMARY KEY, product_id integer NOT NULL REFERENCES products, customer_id integer NOT NULL REFERENCES customers, rating integer NOT NULL, body text NOT NULL, created_at timestamptz NOT NULL);
CREATE TABLE physicians (id integer PRIMARY KEY, name text NOT NULL, specialty text NOT NULL);
CREATE TABLE patients (id integer PRIMARY KEY, name text NOT NULL, email text NOT NULL);
CREATE TABLE appointments (id integer PRIMARY KEY, physician_id integer NOT NULL REFERENCES physicians, patient_id integer NOT NULL REFERENCES patients, scheduled_at timestamptz NOT NULL, reason text NOT NULL);
CREATE TABLE pictures (id integer PRIMARY KEY, url text NOT NULL, position integer NOT NULL, imageable_id integer NOT NULL, imageable_type text NOT NULL);

INSERT INTO customers SELECT g, 'Customer '||g, 'customer'||g||'@example.com', 18 + (g*37)%63, g%7=0, timestamptz '2020-01-01 00:00:00+00' + g * interval '97 minutes' FROM generate_series(1,10000) g;
INSERT INTO products SELECT g, 'Product '||g, 'SKU-'||lpad(g::text,6,'0'), round((1 + (g*7919)%9900 / 100.0)::numeric, 2)::float8, 'Description of product '||g||' '||md5(g::text) FROM generate_series(1,1000) g;
-- order g belongs to customer ((g-1) mod 10000)+1, so the ten orders of one customer are far apart in the heap
INSERT INTO orders SELECT g, (g-1)%10000 + 1, (((g::bigint*104729)%100003) / 100.0)::float8, (((g::bigint*7907)%20011) / 100.0)::numeric(12,2),
  (array['open','paid','shipped','closed'])[1+g%4], 'Order '||g||' '||md5(g::text)||' '||md5((g*3)::text), timestamptz '2022-01-01 00:00:00+00' + (g%700000) * interval '3 minutes' FROM generate_series(1,100000) g;
INSERT INTO items SELECT g, (g-1)%100000 + 1, 1 + ('x'||substr(md5('item'||g),1,8))::bit(32)::bigint%1000, 1 + g%5, (((g::bigint*15485863)%10007) / 100.0)::float8 FROM generate_series(1,300000) g;
INSERT INTO reviews SELECT g, 1 + ('x'||substr(md5('rp'||g),1,8))::bit(32)::bigint%1000, 1 + ('x'||substr(md5('rc'||g),1,8))::bit(32)::bigint%10000, 1 + g%5, 'Review '||g||' '||md5(g::text), timestamptz '2023-01-01 00:00:00+00' + g * interval '5 minutes' FROM generate_series(1,50000) g;
INSERT INTO physicians SELECT g, 'Dr. '||g, (array['cardiology','neurology','orthopedics','dermatology'])[1+g%4] FROM generate_series(1,2000) g;
INSERT INTO patients SELECT g, 'Patient '||g, 'patient'||g||'@example.com' FROM generate_series(1,20000) g;
INSERT INTO appointments SELECT g, (g-1)%2000 + 1, 1 + ('x'||substr(md5('appt'||g),1,8))::bit(32)::bigint%20000, timestamptz '2024-01-01 08:00:00+00' + g * interval '7 minutes', 'Reason '||g%50 FROM generate_series(1,100000) g;
INSERT INTO pictures SELECT g, 'https://img.example.com/product/'||g||'.png', g%10, (g-1)%1000 + 1, 'Product' FROM generate_series(1,10000) g;
INSERT INTO pictures SELECT 10000+g, 'https://img.example.com/customer/'||g||'.png', 0, g, 'Customer' FROM generate_series(1,10000) g;

CREATE INDEX orders_customer_id ON orders (customer_id);
CREATE INDEX items_order_id ON items (order_id);
CREATE INDEX items_product_id ON items (product_id);
CREATE INDEX reviews_product_id ON reviews (product_id);
CREATE INDEX reviews_customer_id ON reviews (customer_id);
CREATE INDEX appointments_physician_id ON appointments (physician_id);
CREATE INDEX appointments_patient_id ON appointments (patient_id);
CREATE INDEX pictures_imageable ON pictures (imageable_id, imageable_type);
VACUUM ANALYZE;
