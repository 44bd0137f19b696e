-- USPS service standards between three-digit areas. Codes sort byte by byte: quicker than by any language, and the same everywhere.

CREATE TABLE workspace.usps_3d_layout (
    origin      text NOT NULL COLLATE "C",
    destination text NOT NULL COLLATE "C",
    pri         smallint,
    gal         smallint,
    gah         smallint,
    pkg         smallint,
    fcm         smallint,
    mkt         smallint,
    per         smallint,
    pfc         smallint,
    publication bigint NOT NULL
);

COMMENT ON TABLE workspace.usps_3d_layout IS 'business days by service; null where there is none';

CREATE VIEW workspace.usps_3d AS SELECT * FROM workspace.usps_3d_layout;
