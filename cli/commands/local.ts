import type { Command } from "commander";
import { awsEnv, CALLERS_OWN, cloudDown, cloudReset, cloudStatus, pulumiEnv } from "../../local/cloud";
import { engineEnv } from "../../local/engine/automation";
import { findEngine } from "../../local/engine/engine";
import { UserError, type Report } from "../../local/errors";
import { lastDenials } from "../../local/iam/denials";
import { deployLocal } from "../deploy";
import { runSteps } from "../ui/tasks";
import { table } from "../ui/table";
import { preparation } from "../setup";

const SHELLS = {
  bash: {
    set: (name: string, value: string) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
    unset: (name: string) => `unset ${name}`,
  },
  fish: {
    set: (name: string, value: string) => `set -gx ${name} '${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`,
    unset: (name: string) => `set -e ${name}`,
  },
  powershell: {
    set: (name: string, value: string) => `$env:${name} = '${value.replaceAll("'", "''")}'`,
    unset: (name: string) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`,
  },
} as const;

export function register(program: Command): void {
  const local = program
    .command("local")
    .description("manage the local cloud: emulators on loopback, to which the real Pulumi engine deploys");

  local
    .command("up")
    .description("start the local cloud and deploy the platform to it")
    .option("--no-deploy", "start the emulators only")
    .action(async (options: { deploy: boolean }) => {
      await runSteps([
        preparation({ engine: options.deploy }),
        ...(options.deploy
          ? [{ title: "pulumi up", run: async (report: Report) => (await deployLocal(report)).summary }]
          : []),
      ]);
    });

  local
    .command("down")
    .description("stop the local cloud and keep its data")
    .action(async () => {
      console.info(
        (await cloudDown()) ? "The local cloud is stopped; its data is kept." : "The local cloud is not running.",
      );
    });

  local
    .command("status")
    .description("show whether the local cloud runs, its addresses, and the last requests that IAM denied")
    .action(async () => {
      const { cloud, healthy, usable, reason } = await cloudStatus();
      if (!cloud) {
        console.info(`The local cloud cannot be used: ${reason}. \`platform local up\` starts it.`);
        process.exitCode = 1;
        return;
      }
      const rows = Object.entries(cloud.processes).map(([part, { port, pid, logFile }]) => [
        part,
        healthy[part as keyof typeof healthy] ? "answers" : "dead",
        `127.0.0.1:${port}`,
        pid,
        logFile,
      ]);
      console.info(table(["part", "state", "address", "process", "log"], rows));
      if (!usable) {
        console.info(`The local cloud cannot be used: ${reason}. \`platform local up\` replaces it.`);
        process.exitCode = 1;
        return;
      }
      const denials = lastDenials();
      if (denials.length === 0) {
        console.info("IAM is enforced, and it has denied no request.");
        return;
      }
      console.info("IAM is enforced. The last requests that it denied:");
      console.info(
        table(
          ["time", "role", "action", "resource", "missing"],
          denials.map(({ time, role, action, resource, remedy }) => [
            time.slice(0, 19),
            role,
            action,
            resource,
            remedy,
          ]),
        ),
      );
    });

  local
    .command("reset")
    .description("stop the local cloud and delete its data")
    .action(async () => {
      await cloudReset();
      console.info("The local cloud is stopped and its data is deleted. `platform local up` starts it again.");
    });

  local
    .command("env")
    .description("print the environment variables with which the pulumi and aws commands use the local cloud")
    .option("--shell <shell>", `the shell to print for: ${Object.keys(SHELLS).join(", ")}`, "bash")
    .action(async (options: { shell: string }) => {
      const format = SHELLS[options.shell as keyof typeof SHELLS];
      if (!format)
        throw new UserError(`--shell is ${options.shell}; allowed: ${Object.keys(SHELLS).join(", ")}`, undefined, 2);
      const { cloud, usable, reason } = await cloudStatus();
      if (!cloud || !usable)
        throw new UserError(`The local cloud cannot be used: ${reason}`, "`platform local up` starts it.");
      const engine = await findEngine();
      const env = engine ? engineEnv(engine, pulumiEnv(cloud)) : awsEnv(cloud);
      // These variables would take precedence over the local credentials.
      for (const name of CALLERS_OWN) console.info(format.unset(name));
      for (const [name, value] of Object.entries(env)) console.info(format.set(name, value));
    });
}
