import {
  DecreaseStreamRetentionPeriodCommand,
  IncreaseStreamRetentionPeriodCommand,
  KinesisClient,
  StartStreamEncryptionCommand,
  StopStreamEncryptionCommand,
} from "@aws-sdk/client-kinesis";
import type { Context, Handler, Props } from "../handler";

/** A new stream keeps its records for these hours. */
export const BORN_RETENTION = 24;

/** Sets retention and encryption, whose requests depend on what the stream had before. */
export const withRetentionAndEncryption = (stream: Handler): Handler => ({
  ...stream,
  async create(ctx, inputs, exists) {
    const made = await stream.create(ctx, inputs, exists);
    await retainAndEncrypt(ctx, String(inputs.name), {}, inputs);
    return made;
  },
  async update(ctx, id, olds, news, changed) {
    await retainAndEncrypt(ctx, id, olds, news);
    await stream.update?.(ctx, id, olds, news, changed);
  },
});

async function retainAndEncrypt(ctx: Context, StreamName: string, olds: Props, news: Props): Promise<void> {
  const client = ctx.client(KinesisClient);
  const hours = ({ retentionPeriod }: Props): number => Number(retentionPeriod ?? BORN_RETENTION);
  const [before, after] = [hours(olds), hours(news)];
  const retention = { StreamName, RetentionPeriodHours: after };
  if (after > before) await client.send(new IncreaseStreamRetentionPeriodCommand(retention));
  if (after < before) await client.send(new DecreaseStreamRetentionPeriodCommand(retention));

  const keyOf = ({ encryptionType, kmsKeyId }: Props): string | undefined =>
    encryptionType === "KMS" ? String(kmsKeyId) : undefined;
  const [oldKey, newKey] = [keyOf(olds), keyOf(news)];
  if (oldKey === newKey) return;
  const key = { StreamName, EncryptionType: "KMS", KeyId: newKey ?? oldKey } as const;
  await client.send(newKey ? new StartStreamEncryptionCommand(key) : new StopStreamEncryptionCommand(key));
}
