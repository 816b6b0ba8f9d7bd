import * as cdk from 'aws-cdk-lib';
const PASSWORD_LENGTH = 24;
export class OrdersStack extends cdk.Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const dbPassword = '⟦pw⟧';
    new CfnApplication(this, 'App', {
      environmentProperties: {
        propertyGroups: [{
          propertyGroupId: 'Consumer',
          propertyMap: { 'aws.credentials.provider.basic.accesskeyid': '⟦id:a⟧', 'aws.credentials.provider.basic.secretkey': "⟦key:a⟧" },
        }],
      },
    });
    new lambda.Function(this, 'F', { environment: { API_KEY: '⟦alnum32⟧', TABLE: t.tableName, DB_PASSWORD: `⟦gen⟧` } });
    SecretValue.unsafePlainText('⟦gen⟧');
    const secret = Secret.fromSecretNameV2(this, 'DbSecret', 'prod/db');
    const client = new S3Client({ region: 'eu-west-1', credentials: { accessKeyId: '⟦id:b⟧', secretAccessKey: '⟦key:b⟧' } });
    const password = secret.secretValueFromJson('password').unsafeUnwrap();
    const token = process.env.API_TOKEN ?? '⟦alnum40⟧';
  }
}
