import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { CodeStore } from "./archive";
import { requireLoopback, type Clients } from "./clients";
import type { Context, Props } from "./handler";
import { isObject, isUnknown } from "../../evaluate/wire";

/** The configuration of a provider resource: the default one or `new aws.Provider`. */
export interface Configuration {
  readonly region: string;
  readonly defaultTags: Readonly<Record<string, string>>;
}

const DEFAULT_REGION = "us-east-1";

/**
 * Reads the configuration, whose nested values arrive as JSON text. Endpoints on this machine are ignored, because the local
 * provider has its own; all others are refused.
 */
export function parseConfiguration(args: Props): Configuration & { readonly accounts: AccountRules } {
  const value = Object.fromEntries(Object.entries(args).map(([name, text]) => [name, unpacked(text)]));
  for (const endpoints of asList(value.endpoints)) {
    for (const [service, address] of Object.entries(isObject(endpoints) ? endpoints : {})) {
      if (typeof address === "string" && address !== "" && !isUnknown(address)) {
        requireLoopback(`the provider's endpoint of ${service}`, address);
      }
    }
  }
  const tags = isObject(value.defaultTags) && isObject(value.defaultTags.tags) ? value.defaultTags.tags : {};
  return {
    region: typeof value.region === "string" && value.region !== "" ? value.region : DEFAULT_REGION,
    defaultTags: Object.fromEntries(Object.entries(tags).map(([key, tag]) => [key, String(tag)])),
    accounts: {
      allowed: asList(value.allowedAccountIds).map(String),
      forbidden: asList(value.forbiddenAccountIds).map(String),
    },
  };
}

interface AccountRules {
  readonly allowed: readonly string[];
  readonly forbidden: readonly string[];
}

function unpacked(text: unknown): unknown {
  if (typeof text !== "string" || !/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value == null ? [] : [value]);

/** One connection of the Pulumi engine: its configuration, and the contexts in which handlers work. */
export class Session {
  configuration: Configuration = { region: DEFAULT_REGION, defaultTags: {} };
  /** The folder that the program's relative paths refer to. */
  directory = process.cwd();
  private asked: Promise<string> | undefined;

  constructor(
    protected readonly clients: Clients,
    private readonly code: CodeStore,
  ) {}

  /**
   * Reads a configuration.
   * @throws {Error} If the configuration must be refused.
   */
  parse(args: Props): ReturnType<typeof parseConfiguration> {
    return parseConfiguration(args);
  }

  async configure(args: Props): Promise<void> {
    const { accounts, ...configuration } = this.parse(args);
    this.configuration = configuration;
    if (accounts.allowed.length === 0 && accounts.forbidden.length === 0) return;
    const account = await this.accountId();
    if (accounts.forbidden.includes(account) || (accounts.allowed.length > 0 && !accounts.allowed.includes(account))) {
      throw new Error(
        `AWS account ID not allowed: ${account} (allowedAccountIds: ${accounts.allowed.join(", ") || "none given"})`,
      );
    }
  }

  async context(resource: string, region: unknown): Promise<Context> {
    const place = typeof region === "string" && region !== "" ? region : this.configuration.region;
    const account = await this.accountId();
    return {
      region: place,
      accountId: account,
      partition: "aws",
      resource,
      directory: this.directory,
      code: this.code,
      client: (Client) => this.clients.of(Client, place),
      record: (Client, command) => {
        this.clients.verify(Client, command.constructor.name, (command as { input?: unknown }).input);
      },
      records: this.clients.records,
      arn: (service, name, { region: at = place, accountId = account } = {}) =>
        `arn:aws:${service}:${at}:${accountId}:${name}`,
    };
  }

  protected accountId(): Promise<string> {
    this.asked ??= this.clients
      .of(STSClient, this.configuration.region)
      .send(new GetCallerIdentityCommand({}))
      .then(({ Account }) => Account ?? "000000000000");
    // An emulator that does not answer yet may answer the next request.
    this.asked.catch(() => (this.asked = undefined));
    return this.asked;
  }
}
