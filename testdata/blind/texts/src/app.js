const config = { db: { host: 'db', user: 'u', password: '⟦gen⟧' }, jwtSecret: "⟦alnum32⟧" };
AWS.config.update({ accessKeyId: '⟦id:a⟧', secretAccessKey: '⟦key:a⟧' });
const token = process.env.API_TOKEN || '⟦alnum40⟧';
module.exports.apiKey = "⟦alnum32⟧";
fetch(u, { headers: { Authorization: `Bearer ⟦alnum40⟧`, 'x-api-key': '⟦alnum32⟧' } });
const label = 'Password', placeholder = "Enter your password";
