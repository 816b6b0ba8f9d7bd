package main
const dbPassword = "⟦gen⟧"
var apiToken = `⟦alnum40⟧`
func main() {
	cfg := Config{Host: "h", Password: "⟦gen⟧"}
	creds := credentials.NewStaticCredentials("⟦id:a⟧", "⟦key:a⟧", "")
	os.Setenv("AWS_SECRET_ACCESS_KEY", "⟦key⟧")
	dsn := "user:⟦gen⟧@tcp(db.acme.internal:3306)/x"
	if password == "" { log.Fatal("password is required") }
}
