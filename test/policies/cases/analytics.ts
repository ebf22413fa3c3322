import { AWS_KEY, KEY, UNSET, type Cases, type Fixture, type RuleCases } from "./case";

const job: Fixture = {
  type: "aws:glue/job:Job",
  props: {
    command: { name: "glueetl", scriptLocation: "s3://shop-artifacts/etl.py" },
    glueVersion: "5.0",
    securityConfiguration: "shop",
    defaultArguments: { "--job-bookmark-option": "job-bookmark-enable" },
    executionProperty: { maxConcurrentRuns: 1 },
  },
};
const pythonShell = { "runs no Spark": { "job.command.name": "pythonshell", "job.glueVersion": UNSET } };

const encryptionOf = (part: string): RuleCases["violating"] => ({
  [`leaves ${part} as it is`]: [
    { [`settings.encryptionConfiguration.${part}`]: { [`${part}Mode`]: "DISABLED" } },
    new RegExp(`not encrypted .*: ${part}$`),
  ],
  [`encrypts ${part} with AWS's key`]: [
    { [`settings.encryptionConfiguration.${part}.kmsKeyArn`]: AWS_KEY },
    new RegExp(`not encrypted .*: ${part}$`),
  ],
});

const AT_REST = "settings.dataCatalogEncryptionSettings.encryptionAtRest";
const PASSWORDS = "settings.dataCatalogEncryptionSettings.connectionPasswordEncryption";

const workgroup: Fixture = {
  type: "aws:athena/workgroup:Workgroup",
  props: {
    configuration: {
      enforceWorkgroupConfiguration: true,
      publishCloudwatchMetricsEnabled: true,
      bytesScannedCutoffPerQuery: 10_000_000_000,
      resultConfiguration: { encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: KEY } },
    },
  },
};
const ENCRYPTION = "workgroup.configuration.resultConfiguration.encryptionConfiguration";

export const ANALYTICS: Cases = {
  "glue/crawler-security-configuration": {
    stack: { crawler: { type: "aws:glue/crawler:Crawler", props: { securityConfiguration: "shop" } } },
    fields: { "crawler.securityConfiguration": {} },
    violating: {},
  },
  "glue/job-security-configuration": {
    stack: { job },
    fields: { "job.securityConfiguration": {} },
    violating: {},
  },
  "glue/security-configuration": {
    stack: {
      settings: {
        type: "aws:glue/securityConfiguration:SecurityConfiguration",
        props: {
          encryptionConfiguration: {
            cloudwatchEncryption: { cloudwatchEncryptionMode: "SSE-KMS", kmsKeyArn: KEY },
            jobBookmarksEncryption: { jobBookmarksEncryptionMode: "CSE-KMS", kmsKeyArn: KEY },
            s3Encryption: { s3EncryptionMode: "SSE-KMS", kmsKeyArn: KEY },
          },
        },
      },
    },
    fields: Object.fromEntries(
      [
        "cloudwatchEncryption.cloudwatchEncryptionMode",
        "cloudwatchEncryption.kmsKeyArn",
        "jobBookmarksEncryption.jobBookmarksEncryptionMode",
        "jobBookmarksEncryption.kmsKeyArn",
        "s3Encryption.s3EncryptionMode",
        "s3Encryption.kmsKeyArn",
      ].map((path) => [`settings.encryptionConfiguration.${path}`, {}]),
    ),
    violating: {
      ...encryptionOf("cloudwatchEncryption"),
      ...encryptionOf("jobBookmarksEncryption"),
      ...encryptionOf("s3Encryption"),
      "uses S3's own keys": [
        { "settings.encryptionConfiguration.s3Encryption.s3EncryptionMode": "SSE-S3" },
        /not encrypted .*: s3Encryption$/,
      ],
    },
  },
  "glue/catalog-encryption": {
    stack: {
      settings: {
        type: "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings",
        props: {
          dataCatalogEncryptionSettings: {
            encryptionAtRest: { catalogEncryptionMode: "SSE-KMS", sseAwsKmsKeyId: KEY },
            connectionPasswordEncryption: { returnConnectionPasswordEncrypted: true, awsKmsKeyId: KEY },
          },
        },
      },
    },
    fields: {
      [`${AT_REST}.catalogEncryptionMode`]: {},
      [`${AT_REST}.sseAwsKmsKeyId`]: {},
      [`${PASSWORDS}.returnConnectionPasswordEncrypted`]: {},
    },
    violating: {
      "has its encryption disabled": [{ [`${AT_REST}.catalogEncryptionMode`]: "DISABLED" }, /catalog is not encrypted/],
      "uses AWS's key": [{ [`${AT_REST}.sseAwsKmsKeyId`]: "alias/aws/glue" }, /catalog is not encrypted/],
      "gives passwords away": [{ [`${PASSWORDS}.returnConnectionPasswordEncrypted`]: false }, /passwords/],
    },
  },
  "glue/supported-version": {
    stack: { job },
    fields: { "job.glueVersion": {} },
    compliant: { "runs on 4.0": { "job.glueVersion": "4.0" }, "runs on 5.1": { "job.glueVersion": "5.1" } },
    violating: {
      "runs on 3.0": [{ "job.glueVersion": "3.0" }, /"3\.0"; supported: 4\.0, 5\.0/],
      "runs on 0.9": [{ "job.glueVersion": "0.9" }, /"0\.9"/],
    },
    notApplicable: pythonShell,
    unknown: { "does not know its kind yet": { "job.command": "04da6b54-80e4-46f7-96ec-b56ff0331ba9" } },
  },
  "glue/bookmarks": {
    stack: { job },
    fields: { "job.defaultArguments.--job-bookmark-option": {} },
    compliant: {
      "leaves the number of runs at one": { "job.executionProperty": UNSET },
      "runs many at once without bookmarks": {
        "job.defaultArguments.--job-bookmark-option": "job-bookmark-disable",
        "job.executionProperty.maxConcurrentRuns": 50,
      },
      "has bookmarks paused": { "job.defaultArguments.--job-bookmark-option": "job-bookmark-pause" },
    },
    violating: {
      "says something else": [
        { "job.defaultArguments.--job-bookmark-option": "job-bookmark-enabled" },
        /none of job-bookmark-enable, job-bookmark-disable and job-bookmark-pause/,
      ],
      "says nothing": [
        { "job.defaultArguments": UNSET },
        /none of job-bookmark-enable, job-bookmark-disable and job-bookmark-pause/,
      ],
      "runs two at once with bookmarks": [
        { "job.executionProperty.maxConcurrentRuns": 2 },
        /2 concurrent runs.*allowed: 1/,
      ],
    },
    notApplicable: pythonShell,
  },
  "athena/results-encrypted": {
    stack: { workgroup },
    fields: { [`${ENCRYPTION}.encryptionOption`]: {}, [`${ENCRYPTION}.kmsKeyArn`]: {} },
    compliant: { "encrypts in the client": { [`${ENCRYPTION}.encryptionOption`]: "CSE_KMS" } },
    violating: {
      "uses S3's own keys": [{ [`${ENCRYPTION}.encryptionOption`]: "SSE_S3" }, /customer managed key/],
      "uses AWS's key": [{ [`${ENCRYPTION}.kmsKeyArn`]: AWS_KEY }, /customer managed key/],
      "has no configuration": [{ "workgroup.configuration": UNSET }, /customer managed key/],
    },
  },
  "athena/settings-enforced": {
    stack: { workgroup },
    fields: { "workgroup.configuration.enforceWorkgroupConfiguration": {} },
    violating: { "has no configuration": [{ "workgroup.configuration": UNSET }, /clients may override/] },
  },
  "athena/metrics": {
    stack: { workgroup },
    fields: { "workgroup.configuration.publishCloudwatchMetricsEnabled": {} },
    violating: { "has no configuration": [{ "workgroup.configuration": UNSET }, /not measured/] },
  },
  "athena/bytes-cutoff": {
    stack: { workgroup },
    fields: { "workgroup.configuration.bytesScannedCutoffPerQuery": {} },
    violating: { "has no configuration": [{ "workgroup.configuration": UNSET }, /the whole lake/] },
  },
};
