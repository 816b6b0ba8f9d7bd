package main

import "os"

const passwordEnv = "DB_PASSWORD"

type Config struct {
	Password string `json:"password" yaml:"password" env:"DB_PASSWORD"`
	APIKey   string `json:"api_key,omitempty"`
	Token    string `mapstructure:"token"`
}

func main() {
	password := os.Getenv("DB_PASSWORD")
	token := flag.String("token", "", "token of the API")
	secretKey := viper.GetString("s3.secret-key")
	if password == "" || password == "password" {
		log.Fatalf("password: %q is no password; set %s", "x", passwordEnv)
	}
	dsn := fmt.Sprintf("postgres://%s:%s@db.acme.io/ledger", user, password)
}
