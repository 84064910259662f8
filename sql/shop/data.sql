-- SPDX-License-Identifier: Apache-2.0
-- Copyright (c) 2026 the Kinship authors
--
-- The sample shop's rows: 8 categories, 200 products, 2 000 customers (1 500 with a profile), 12 000 orders,
-- 30 000 items, 6 000 reviews. The same rows each time: chance is taken from md5 of a row's number. What belongs together
-- lies all over the table, as it does after some years in a real shop; customers from 1 901 on have ordered nothing yet.

INSERT INTO category (id, name)
SELECT n, (ARRAY['Books', 'Garden', 'Kitchen', 'Music', 'Office', 'Outdoors', 'Tools', 'Toys'])[n]
FROM generate_series(1, 8) AS n;

INSERT INTO product (id, category_id, name, sku, price, discontinued)
SELECT n, 1 + (n - 1) % 8,
  (ARRAY['Small', 'Plain', 'Sturdy', 'Quiet', 'Folding'])[1 + (n / 40) % 5] || ' ' ||
  (ARRAY['almanac', 'watering can', 'kettle', 'mandolin', 'desk lamp', 'lantern', 'hand drill', 'spinning top'])[1 + (n - 1) % 8]
    || ' ' || (1 + (n / 8) % 5),
  'SKU-' || lpad(n::text, 5, '0'), (199 + (n * 7919) % 19801) / 100.0, n % 23 = 0
FROM generate_series(1, 200) AS n;

INSERT INTO customer (id, name, email, city, vip, born, created_at)
SELECT n, first || ' ' || last, lower(first) || '.' || lower(last) || n || '@example.com',
  (ARRAY['Aarhus', 'Bologna', 'Cork', 'Dresden', 'Évora', 'Fez', 'Göteborg', 'Halifax', 'İzmir', 'Jaipur'])[1 + (n * 7) % 10],
  n % 7 = 0,
  CASE WHEN n % 11 <> 0 THEN date '1950-01-01' + (n * 7907) % 19700 END,
  timestamptz '2020-01-01 00:00:00+00' + n * interval '17 hours 11 minutes'
FROM generate_series(1, 2000) AS n,
  LATERAL (SELECT
    (ARRAY['Ada', 'Bela', 'Carl', 'Dora', 'Emil', 'Fatima', 'Grace', 'Hugo', 'Ines', 'Jonas', 'Kemal', 'Lena',
      'Mina', 'Noor', 'Olga', 'Pavel', 'Quinn', 'Rosa', 'Sven', 'Tara'])[1 + n % 20] AS first,
    (ARRAY['Abel', 'Brandt', 'Costa', 'Duarte', 'Eriksen', 'Farkas', 'Ganz', 'Haddad', 'Ito', 'Jansen', 'Kaya', 'Lopez',
      'Murphy', 'Novak', 'Okoye', 'Petrov', 'Rossi', 'Sato', 'Turner'])[1 + n % 19] AS last) AS names;

INSERT INTO profile (id, customer_id, bio, newsletter)
SELECT n, 1 + (n * 4 - 4) / 3, CASE WHEN n % 5 <> 0 THEN 'Customer since ' || 2020 + n % 6 || '.' END, n % 3 = 0
FROM generate_series(1, 1500) AS n;

CREATE TEMPORARY TABLE basket AS
SELECT row_number() OVER (ORDER BY line, number)::integer AS id, number AS order_id, product.id AS product_id,
  1 + (number + line) % 4 AS quantity, product.price
FROM generate_series(1, 12000) AS number, generate_series(1, 4) AS line, product
WHERE line <= 1 + number % 4 AND product.id = 1 + (('x' || substr(md5('product' || number), 1, 7))::bit(28)::integer + line * 31) % 200;

INSERT INTO orders (id, customer_id, status, total, placed_at)
SELECT number, 1 + ('x' || substr(md5('customer' || number), 1, 7))::bit(28)::integer % 1900, (ARRAY['open', 'paid', 'shipped', 'closed'])[1 + (number / 7) % 4],
  sum(basket.quantity * basket.price), timestamptz '2023-01-01 08:00:00+00' + number * interval '2 hours 13 minutes'
FROM generate_series(1, 12000) AS number JOIN basket ON basket.order_id = number
GROUP BY number
ORDER BY number;

INSERT INTO item (id, order_id, product_id, quantity, price)
SELECT id, order_id, product_id, quantity, price FROM basket ORDER BY id;

DROP TABLE basket;

INSERT INTO review (id, product_id, author_id, rating, body, written_at)
SELECT n, 1 + ('x' || substr(md5('subject' || n), 1, 7))::bit(28)::integer % 200,
  1 + ('x' || substr(md5('author' || n), 1, 7))::bit(28)::integer % 2000,
  (ARRAY[5, 5, 4, 4, 4, 3, 3, 2, 1, 5])[1 + ('x' || substr(md5('rating' || n), 1, 7))::bit(28)::integer % 10],
  CASE WHEN n % 6 <> 0 THEN
    (ARRAY['Does what it should.', 'My cat likes it.', 'Broke in a week.', 'Better than the last one.', '"Sturdy", they said.'])[1 + n % 5]
  END,
  timestamptz '2023-02-01 12:00:00+00' + n * interval '4 hours 1 minute'
FROM generate_series(1, 6000) AS n;

ANALYZE;
