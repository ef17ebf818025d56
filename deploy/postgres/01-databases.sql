-- Run once by the PostgreSQL image, on an empty volume: one role and one database per service.
-- No service can open another's database: the right to connect is taken from everybody else.
-- The passwords come from the container's environment and appear on no command line.

\getenv catalog_password CATALOG_DB_PASSWORD
\getenv dossier_password DOSSIER_DB_PASSWORD
\getenv rating_password RATING_DB_PASSWORD
\getenv reporting_password REPORTING_DB_PASSWORD

CREATE ROLE tthc_catalog LOGIN PASSWORD :'catalog_password';
CREATE DATABASE tthc_catalog OWNER tthc_catalog;
REVOKE ALL ON DATABASE tthc_catalog FROM PUBLIC;

CREATE ROLE tthc_dossier LOGIN PASSWORD :'dossier_password';
CREATE DATABASE tthc_dossier OWNER tthc_dossier;
REVOKE ALL ON DATABASE tthc_dossier FROM PUBLIC;

CREATE ROLE tthc_rating LOGIN PASSWORD :'rating_password';
CREATE DATABASE tthc_rating OWNER tthc_rating;
REVOKE ALL ON DATABASE tthc_rating FROM PUBLIC;

CREATE ROLE tthc_reporting LOGIN PASSWORD :'reporting_password';
CREATE DATABASE tthc_reporting OWNER tthc_reporting;
REVOKE ALL ON DATABASE tthc_reporting FROM PUBLIC;
