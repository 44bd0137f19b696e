-- Runs publish into tables of their own, which views show. With the rows gone the views show the layouts again, as on the first day, and the
-- tables go: the next runs, whose numbers begin anew, would meet them otherwise. Views that people built stand on those views, and stay.

DO $$
DECLARE
    version record;
    shown   regclass;
BEGIN
    FOR version IN
        SELECT format('%I.%I', schemaname, tablename)::regclass AS made,
               format('%I.%I', schemaname, regexp_replace(tablename, '_[0-9]+$', '_layout')) AS layout
        FROM pg_catalog.pg_tables
        WHERE schemaname IN ('workspace', 'reference') AND tablename ~ '_[0-9]+$'
    LOOP
        FOR shown IN
            SELECT DISTINCT rule.ev_class::regclass
            FROM pg_catalog.pg_depend AS dependence
            JOIN pg_catalog.pg_rewrite AS rule ON rule.oid = dependence.objid
            WHERE dependence.classid = 'pg_rewrite'::regclass AND dependence.refobjid = version.made
        LOOP
            EXECUTE format('CREATE OR REPLACE VIEW %s AS SELECT * FROM %s', shown, version.layout);
        END LOOP;
        EXECUTE format('DROP TABLE %s', version.made);
    END LOOP;
END
$$;
