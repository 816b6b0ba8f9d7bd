git clone https://x-access-token:⟦alnum40⟧@github.com/acme/jobs
git clone https://⟦alnum40⟧:x-oauth-basic@github.com/acme/jobs
mc --insecure alias set prod https://minio.prod:9000 orders "⟦alnum40⟧"
export VAULT_TOKEN=s.⟦alnum24⟧
curl -d '{"role_id": "job", "secret_id": "⟦uuid⟧"}' https://vault/v1/auth/approle/login
