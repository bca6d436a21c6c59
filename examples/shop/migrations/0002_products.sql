INSERT INTO products (id, name, price_cents, stock) VALUES
    (1, 'lantern', 995, 1000000),
    (2, 'whistle', 1990, 1000000),
    (3, 'ticket punch', 2985, 1000000);
