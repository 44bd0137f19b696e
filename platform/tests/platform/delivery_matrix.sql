-- The delivery matrix in one plain statement, from the imported tables: what the transformation is held against, value by value.
WITH standards AS (
    SELECT u.origin, u.destination, 'USPS' AS carrier, s.service, s.days AS transit_days, NULL::text AS zone, 'standard' AS source
    FROM workspace.usps_3d u
    CROSS JOIN LATERAL (VALUES ('PRI', u.pri), ('GAL', u.gal), ('GAH', u.gah), ('PKG', u.pkg),
                               ('FCM', u.fcm), ('MKT', u.mkt), ('PER', u.per), ('PFC', u.pfc)) AS s (service, days)
    WHERE s.days IS NOT NULL
),
charts AS (
    SELECT z.origin, z.destination, s.service, s.zone
    FROM workspace.ups_zones z
    CROSS JOIN LATERAL (VALUES ('GND', z.ground), ('3DS', z.three_day_select), ('2DA', z.second_day_air), ('2AM', z.second_day_air_am),
                               ('NDS', z.next_day_air_saver), ('NDA', z.next_day_air)) AS s (service, zone)
    WHERE s.zone IS NOT NULL
),
zips AS (
    SELECT DISTINCT ON (origin, destination, service) origin, destination, service, zone
    FROM (SELECT c.origin, left(c.destination, 3) AS destination, c.service, c.zone, sum(coalesce(p.population, 0)) AS people, count(*) AS zips
          FROM charts c LEFT JOIN workspace.us_zips p ON p.zip = c.destination
          WHERE length(c.destination) = 5
            AND NOT EXISTS (SELECT 1 FROM workspace.ups_zones a WHERE a.origin = c.origin AND a.destination = left(c.destination, 3))
          GROUP BY c.origin, left(c.destination, 3), c.service, c.zone) summed
    ORDER BY origin, destination, service, people DESC, zips DESC, zone
),
zones AS (
    SELECT origin, destination, service, zone FROM charts WHERE length(destination) = 3
    UNION ALL
    SELECT origin, destination, service, zone FROM zips
),
measured AS (
    SELECT left(origin, 3) AS origin, left(destination, 3) AS destination, 'GND' AS service, mode() WITHIN GROUP (ORDER BY days) AS days
    FROM workspace.ups_ground GROUP BY left(origin, 3), left(destination, 3)
),
ups AS (
    SELECT origin, destination, 'UPS' AS carrier, service,
           coalesce(m.days,
                    CASE WHEN t.known IS NOT NULL THEN t.said
                         WHEN service <> 'GND' AND left(z.zone, 1) IN ('1', '2', '3') AND length(z.zone) = 3
                             THEN left(z.zone, 1)::smallint END) AS transit_days,
           z.zone, CASE WHEN m.days IS NULL THEN 'estimated' ELSE 'measured' END AS source
    FROM zones z FULL JOIN measured m USING (origin, destination, service)
    LEFT JOIN reference.zone_transit_days AS t (of_carrier, of_service, known, said) ON t.of_carrier = 'UPS' AND t.of_service = z.service AND t.known = z.zone
)
SELECT origin, destination, carrier, service, transit_days, zone,
       (CASE transit_days WHEN 1 THEN 100 WHEN 2 THEN 95 WHEN 3 THEN 60 WHEN 4 THEN 20 ELSE CASE WHEN transit_days IS NOT NULL THEN 0 END END)::smallint
           AS delivery_score,
       CASE WHEN transit_days IS NOT NULL THEN source END AS source
FROM (SELECT * FROM standards UNION ALL SELECT * FROM ups) AS all_carriers
WHERE transit_days IS NOT NULL OR zone IS NOT NULL
