import { AthenaClient } from "@aws-sdk/client-athena";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { documents } from "../functions/shared/aws";
import { Ledger } from "../functions/shared/ledger";
import { awsEnv, type Cloud } from "../local/cloud";

/** The outputs of the stack that commands read: exports of `infra/index.ts`. */
export interface PlatformOutputs {
  readonly buckets: Readonly<Record<string, string>>;
  readonly database: string;
  readonly workgroupName: string;
  readonly queryResults: string;
  readonly stateMachineArn: string;
  readonly ledgerTable: string;
}

/** Returns clients of the local cloud, which ignore the credentials and endpoints of the shell. */
export function localClients(cloud: Cloud) {
  const env = awsEnv(cloud);
  const config = {
    endpoint: env.AWS_ENDPOINT_URL ?? "",
    region: env.AWS_REGION ?? "",
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "" },
  };
  return {
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sfn: new SFNClient(config),
    athena: new AthenaClient(config),
    lambda: new LambdaClient(config),
    ledger: (table: string) => new Ledger(documents(new DynamoDBClient(config)), table),
  };
}

export type LocalClients = ReturnType<typeof localClients>;
