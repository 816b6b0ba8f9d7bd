repositories {
    maven {
        url = uri("https://repo.acme.io/releases")
        credentials { username = System.getenv("REPO_USER"); password = System.getenv("REPO_PASSWORD") }
    }
    maven { credentials { username = project.findProperty("repoUser") as String?; password = providers.gradleProperty("repoPassword").orNull } }
}
signing { useInMemoryPgpKeys(System.getenv("SIGNING_KEY"), System.getenv("SIGNING_PASSWORD")) }
sonar { properties { property("sonar.token", System.getenv("SONAR_TOKEN") ?: "") } }
