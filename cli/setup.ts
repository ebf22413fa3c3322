import { ensureVenv } from "../local/emulators/python";
import { cloudUp } from "../local/cloud";
import { findOrInstallEngine } from "../local/engine/engine";
import { functionCode, functionNames } from "../components/core/platform-function/bundle";
import type { Report } from "../local/errors";
import type { Step } from "./ui/tasks";

/** Returns the steps that prepare a deployment. They run at the same time, and a step does nothing if its part is ready. */
export function preparation(options: { readonly engine: boolean; readonly cloud?: boolean }): readonly Step[] {
  return [
    ...(options.engine
      ? [
          {
            title: "Pulumi CLI",
            run: async (report: Report) => {
              const engine = await findOrInstallEngine(report);
              return `${engine.version}, ${engine.how}`;
            },
          },
          {
            title: "functions",
            run: async () => {
              const names = functionNames();
              for (const name of names) functionCode(name, { architecture: "x86_64" });
              return `${names.length} bundled`;
            },
          },
        ]
      : []),
    options.cloud === false
      ? { title: "emulators", run: async (report) => ensureVenv(report) }
      : {
          title: "local cloud",
          run: async (report) => {
            const { cloud, started } = await cloudUp(report);
            return `${started ? "started" : "running"} on 127.0.0.1:${cloud.processes.ministack.port}, IAM enforced`;
          },
        },
  ];
}
