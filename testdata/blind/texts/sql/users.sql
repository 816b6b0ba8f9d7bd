INSERT INTO app_user (name, password, active) VALUES ('svc', '⟦gen⟧', TRUE), ('ops', '⟦gen⟧', FALSE);
