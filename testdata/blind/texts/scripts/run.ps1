$env:AWS_ACCESS_KEY_ID = "⟦id:a⟧"
$env:AWS_SECRET_ACCESS_KEY = '⟦key:a⟧'
$password = ConvertTo-SecureString "⟦gen⟧" -AsPlainText -Force
$dbPassword = '⟦pw⟧'
.\flink.ps1 run -Password ⟦gen⟧ -Name x
