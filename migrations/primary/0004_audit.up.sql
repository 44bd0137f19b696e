-- Who did what. Written in the transaction of the change itself; the application may add rows and read
-- them, never change or remove them (see migrations/privileges/primary.sql).

CREATE TABLE config.audit (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at            timestamptz NOT NULL DEFAULT now(),
    user_id       text,
    actor         text NOT NULL,
    on_behalf_of  text,
    action        text NOT NULL,
    resource      text NOT NULL,
    resource_id   text,
    before        jsonb,
    after         jsonb,
    address       text,
    request_id    text
);

CREATE INDEX audit_by_time ON config.audit (at DESC, id DESC);
CREATE INDEX audit_by_resource ON config.audit (resource, resource_id, id);
