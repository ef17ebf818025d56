-- Run once by the PostgreSQL image, on an empty volume: one role and one database per service.
-- No service can open another's database: the right to connect is taken from everybody else.
-- The passwords come from the container's environment and appear on no command line.

\getenv catalog_password CATALOG_DB_PASSWORD
\getenv dossier_password DOSSIER_DB_PASSWORD
\getenv rating_password RATING_DB_PASSWORD
\getenv reporting_password REPORTING_DB_PASSWORD

CREATE ROLE catalog LOGIN PASSWORD :'catalog_password';
CREATE DATABASE catalog OWNER catalog;
REVOKE ALL ON DATABASE catalog FROM PUBLIC;

CREATE ROLE dossier LOGIN PASSWORD :'dossier_password';
CREATE DATABASE dossier OWNER dossier;
REVOKE ALL ON DATABASE dossier FROM PUBLIC;

CREATE ROLE rating LOGIN PASSWORD :'rating_password';
CREATE DATABASE rating OWNER rating;
REVOKE ALL ON DATABASE rating FROM PUBLIC;

CREATE ROLE reporting LOGIN PASSWORD :'reporting_password';
CREATE DATABASE reporting OWNER reporting;
REVOKE ALL ON DATABASE reporting FROM PUBLIC;
