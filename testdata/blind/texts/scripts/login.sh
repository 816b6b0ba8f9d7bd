#!/bin/sh
echo "⟦gen⟧" | docker login --username svc --password-stdin repo.acme.internal
echo '⟦gen⟧' | passwd --stdin svc
