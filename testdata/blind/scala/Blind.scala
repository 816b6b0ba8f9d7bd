package com.acme.blind
import com.amazonaws.auth._
import org.apache.flink.configuration.Configuration
import org.apache.flink.table.api.TableEnvironment
import software.amazon.awssdk.auth.credentials._

object Use { def use(o: Any): Unit = println(o) }
import Use.use

object Conf {
  val dbPassword = "⟦pw⟧"
  final val ApiKey = "⟦alnum32⟧"
  lazy val apiToken: String = "⟦alnum40⟧"
  var clientSecret = "⟦alnum32⟧"
  val accessKey = "⟦id:a⟧"
  val secretKey = "⟦key:a⟧"
  def password: String = "⟦gen⟧"
  private val hidden = "⟦key:b⟧"
  private val visible = "⟦id:b⟧"
  def creds: AWSCredentials = new BasicAWSCredentials(visible, hidden)
}
case class Db(host: String, user: String = "svc", password: String = "⟦gen⟧")
case class Creds(a: String, b: String)
class Job(env: String, token: String = "⟦alnum40⟧") {
  def maps(): Unit = {
    val m = Map("aws.accessKeyId" -> "⟦id:c⟧", "aws.secretKey" -> "⟦key:c⟧")
    use(m)
    val mm = scala.collection.mutable.Map[String, String]()
    mm("db.password") = "⟦gen⟧"
    mm += ("api.key" -> "⟦alnum32⟧")
    mm.put("client.secret", "⟦alnum32⟧")
    use(mm)
  }
  def interpolated(host: String): Unit = {
    use(s"jdbc:postgresql://$host/x?user=u&password=⟦gen⟧")
    val pw = "⟦gen⟧"
    use(s"jdbc:mysql://$host/x?user=u&password=$pw")
    use(f"CREATE TABLE t (a INT) WITH ('connector'='jdbc','password'='$pw%s')")
  }
  def options(): Unit = {
    use(new AwsClient(sys.env.getOrElse("API_TOKEN", "⟦alnum40⟧")))
    val dbPassword = Option(System.getenv("DB_PASSWORD")).getOrElse("⟦gen⟧")
    use(dbPassword)
    val p2 = sys.props.get("kafka.password").filter(_.nonEmpty).getOrElse("⟦gen⟧")
    use(p2)
  }
  def matching(): AwsCredentials = env match {
    case "dev" => AwsBasicCredentials.create("⟦id:d⟧", "⟦key:d⟧")
    case "prod" => AwsBasicCredentials.create("⟦id:e⟧", "⟦key:e⟧")
    case other => throw new IllegalArgumentException(s"no credentials for $other")
  }
  def tuple(): Unit = {
    val (id, key) = env match { case "dev" => ("⟦id:f⟧", "⟦key:f⟧"); case _ => ("⟦id:g⟧", "⟦key:g⟧") }
    use(new BasicAWSCredentials(id, key))
  }
  def named(): Unit = use(Db(host = "db.acme.internal", password = "⟦gen⟧"))
  def copied(d: Db): Unit = use(d.copy(password = "⟦gen⟧"))
  def opaque(): Unit = { val c = Creds("⟦id:h⟧", "⟦key:h⟧"); use(new BasicAWSCredentials(c.a, c.b)) }
  def forComprehension(): Unit = {
    val r = for { a <- Some("⟦id⟧"); b <- Some("⟦key?⟧") } yield new BasicAWSCredentials(a, b)
    use(r)
  }
  def configuration(c: Configuration): Unit = {
    c.setString("s3.access-key", "⟦id:j⟧")
    c.setString("s3.secret-key", "⟦key:j⟧")
  }
  def sql(t: TableEnvironment): Unit = t.executeSql(
    """CREATE TABLE t (a INT) WITH (
      |  'connector' = 'jdbc',
      |  'password' = '⟦gen⟧'
      |)""".stripMargin)
  def properties(): Unit = {
    val p = new java.util.Properties()
    p.setProperty("sasl.jaas.config", s"""org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="⟦gen⟧";""")
    p.put("ssl.key.password", "⟦gen⟧")
    use(p)
  }
  def implicitly2(): Unit = { implicit val secretToken: String = "⟦alnum40⟧"; needs }
  def needs(implicit t: String): Unit = use(t)
  def partial: PartialFunction[String, String] = { case "password" => "⟦gen?⟧" }
  def either(): Unit = { val apiSecret: Either[String, String] = Right("⟦alnum32⟧"); use(apiSecret) }
  def tried(): Unit = { val dbPassword = scala.util.Try(System.getenv("X")).getOrElse("⟦gen⟧"); use(dbPassword) }
  def local(): Unit = { def secretKey = "⟦gen⟧"; use(secretKey) }
  def compare(password: String): Boolean = password == "⟦gen⟧"
  def bytes(): Unit = use(new javax.crypto.spec.SecretKeySpec("⟦gen⟧".getBytes("UTF-8"), "AES"))
  def credsInConf(): Unit = use(new BasicAWSCredentials(Conf.accessKey, Conf.secretKey))
  def seq(): Unit = use(Seq("--db.password", "⟦gen⟧", "--env", "prod"))
  def array(): Unit = use(Array("--password=⟦gen⟧"))
  def anonymous(): Unit = use(new AWSCredentials { def getAWSAccessKeyId = "⟦id:k⟧"; def getAWSSecretKey = "⟦key:k⟧" })
}
class AwsClient(token: String)
trait Defaults { def dbPassword: String = "⟦gen⟧" }
object Main extends App { val secretKey = "⟦gen⟧"; use(secretKey) }
sealed trait Env { def id: String; def secret: String }
case object Dev extends Env { val id = "⟦id:l⟧"; val secret = "⟦key:l⟧" }
