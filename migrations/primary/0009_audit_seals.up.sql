-- Seals over the audit: rows are gathered into a chain of hashes some seconds after they were committed, so that nobody who writes
-- waits for it. A row that commits late is still in audit_unsealed, whatever its number, and goes into the next seal.

CREATE TABLE config.audit_seals (
    number      bigint PRIMARY KEY CHECK (number > 0),
    -- The hash of the seal before; zeros in the first.
    previous    bytea NOT NULL CHECK (octet_length(previous) = 32),
    hash        bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    -- Over the numbers and hashes of its rows: the seal can be checked when retention has removed them.
    rows_hash   bytea NOT NULL CHECK (octet_length(rows_hash) = 32),
    row_count   bigint NOT NULL CHECK (row_count > 0),
    first_at    timestamptz NOT NULL,
    last_at     timestamptz NOT NULL,
    -- Up to when this seal and those before it hold everything, save what was being committed.
    complete_to timestamptz NOT NULL,
    sealed_at   timestamptz NOT NULL,
    -- When retention removed its rows. Not a part of the hash, as it comes later.
    removed_at  timestamptz,
    CHECK (first_at <= last_at)
);

CREATE INDEX audit_seals_kept ON config.audit_seals (last_at) WHERE removed_at IS NULL;

-- Which seal holds a row, and the row's own hash. No foreign keys: a row or a seal that is gone is to be found missing.
CREATE TABLE config.audit_sealed (
    audit_id bigint PRIMARY KEY,
    seal     bigint NOT NULL,
    hash     bytea NOT NULL CHECK (octet_length(hash) = 32)
);

CREATE INDEX audit_sealed_by_seal ON config.audit_sealed (seal, audit_id);

-- Rows that no seal holds yet.
CREATE TABLE config.audit_unsealed (
    audit_id bigint PRIMARY KEY
);

INSERT INTO config.audit_unsealed SELECT id FROM config.audit;

CREATE FUNCTION config.await_seal() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO config.audit_unsealed (audit_id) VALUES (NEW.id);
    RETURN NULL;
END
$$;

-- A trigger and not the application's own statement: a server of the version before, which knows nothing of seals, writes too
-- while another is upgraded.
CREATE TRIGGER audit_awaits_seal AFTER INSERT ON config.audit FOR EACH ROW EXECUTE FUNCTION config.await_seal();

-- Retention. The application cannot remove rows; it may ask for this, which looks at the rows themselves and not at what their seals
-- say of them. Seals stay, with a mark.
CREATE FUNCTION config.remove_sealed_audit(older_than timestamptz, at_most integer)
RETURNS TABLE (seals bigint, first_seal bigint, last_seal bigint, removed_rows bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    chosen bigint[];
BEGIN
    IF older_than IS NULL OR older_than > now() - interval '400 days' THEN
        RAISE EXCEPTION 'the audit of the last 400 days is not removed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT coalesce(array_agg(s.number), '{}') INTO chosen FROM (
        SELECT k.number FROM config.audit_seals k
        WHERE k.removed_at IS NULL AND k.last_at < older_than
          AND NOT EXISTS (SELECT 1 FROM config.audit_sealed h JOIN config.audit a ON a.id = h.audit_id
                          WHERE h.seal = k.number AND a.at >= older_than)
        ORDER BY k.number LIMIT at_most FOR UPDATE
    ) s;
    DELETE FROM config.audit a USING config.audit_sealed h WHERE h.audit_id = a.id AND h.seal = ANY (chosen);
    GET DIAGNOSTICS removed_rows = ROW_COUNT;
    DELETE FROM config.audit_sealed h WHERE h.seal = ANY (chosen);
    UPDATE config.audit_seals k SET removed_at = now() WHERE k.number = ANY (chosen);
    SELECT count(*), min(number), max(number) INTO seals, first_seal, last_seal FROM unnest(chosen) AS c (number);
    RETURN NEXT;
END
$$;

REVOKE ALL ON FUNCTION config.remove_sealed_audit(timestamptz, integer) FROM PUBLIC;

-- What the audit is filtered by, the newest first.
CREATE INDEX audit_by_user ON config.audit (user_id, at DESC, id DESC);
CREATE INDEX audit_by_actor ON config.audit (actor, at DESC, id DESC);
CREATE INDEX audit_by_action ON config.audit (action, at DESC, id DESC);
CREATE INDEX audit_by_kind ON config.audit (resource, at DESC, id DESC);
CREATE INDEX audit_by_record ON config.audit (resource_id, at DESC, id DESC) WHERE resource_id IS NOT NULL;
