create table links (
    slug text primary key,
    url text not null,
    visits integer not null default 0
) strict;
