package com.acme.ledger

data class Credentials(val user: String, val password: String) {
    override fun toString() = "Credentials(user=$user, password=***)"
}

const val PASSWORD_KEY = "ledger.password"
const val TOKEN_HEADER = "X-Auth-Token"
private val secretPattern = Regex("(?i)secret[_-]?key\\s*=\\s*(.+)")

@Value("\${ledger.password}")
lateinit var password: String

@Value("\${ledger.api-key:}")
lateinit var apiKey: String

fun main() {
    val secretKey = System.getenv("SECRET_KEY") ?: error("SECRET_KEY is missing")
    val credentials = Credentials(user = "ledger", password = secretKey)
    check(credentials.password.isNotBlank()) { "password must not be blank" }
    logger.info { "token: ${credentials.password.take(2)}…" }
    val passwordHash = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"
    val url = "jdbc:postgresql://db.acme.io/ledger?user=ledger&password=$secretKey"
}

fun kind(key: String) = when (key) {
    "password", "pwd" -> "password"
    "secret", "client_secret" -> "secret"
    "token" -> "access_token"
    else -> "plain"
}

val columns = mapOf("password" to "password_hash", "token" to "reset_token", "secret" to "STRING")
