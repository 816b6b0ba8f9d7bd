package com.acme.ledger

import scala.util.Properties

object Ledger {
  val PasswordKey = "ledger.db.password"
  val secretName: String = "prod/ledger/db"
  case class Login(user: String, password: String, token: Option[String] = None)
  def main(args: Array[String]): Unit = {
    val password = sys.env("DB_PASSWORD")
    val apiKey = sys.env.getOrElse("API_KEY", sys.error("API_KEY is not set"))
    val token = Properties.envOrElse("API_TOKEN", "")
    val login = Login(user = "ledger", password = password)
    require(login.password != "password", "choose another password than 'password'")
    println(s"password=${"*" * password.length} token=$token")
    val ddl = s"""CREATE TABLE ledger (id BIGINT) WITH (
                 |  'connector' = 'jdbc',
                 |  'username' = 'ledger',
                 |  'password' = '$password'
                 |)""".stripMargin
    val uri = s"mongodb://ledger:$password@db.acme.io/ledger"
    println(ddl + uri + apiKey)
  }
}

object Columns {
  val types = Map("password" -> "STRING", "token" -> "VARCHAR(64)", "secret" -> "bytes")
  def kind(key: String): String = key match {
    case "password" | "pwd" => "password"
    case "token" => "access_token"
    case other => other
  }
}
