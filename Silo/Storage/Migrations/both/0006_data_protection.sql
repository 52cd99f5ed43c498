-- ASP.NET's keys for cookies and tokens, encrypted by the key protector; one ring for all gateways.
CREATE TABLE data_protection_key (
    name TEXT NOT NULL PRIMARY KEY,
    xml TEXT NOT NULL
);
