import { ModifyOptionGroupCommand, RDSClient } from "@aws-sdk/client-rds";
import type { Context, Handler, Props } from "../../handler";

interface Option {
  readonly optionName: string;
  readonly version?: string;
  readonly port?: number;
  readonly vpcSecurityGroupMemberships?: string[];
  readonly dbSecurityGroupMemberships?: string[];
  readonly optionSettings?: readonly { readonly name: string; readonly value: string }[];
}

const optionsOf = (props: Props): readonly Option[] => (props.options ?? []) as Option[];

/** The request that puts options into a group, which the emulator does not understand: checked, the stack's state keeps them. */
function checkOptions(ctx: Context, OptionGroupName: string, options: readonly Option[], gone: string[]): void {
  if (options.length === 0 && gone.length === 0) return;
  ctx.record(
    RDSClient,
    new ModifyOptionGroupCommand({
      OptionGroupName,
      ApplyImmediately: true,
      OptionsToRemove: gone.length > 0 ? gone : undefined,
      OptionsToInclude: options.map((option) => ({
        OptionName: option.optionName,
        OptionVersion: option.version,
        Port: option.port,
        VpcSecurityGroupMemberships: option.vpcSecurityGroupMemberships,
        DBSecurityGroupMemberships: option.dbSecurityGroupMemberships,
        OptionSettings: option.optionSettings?.map(({ name, value }) => ({ Name: name, Value: value })),
      })),
    }),
  );
}

export const optionGroup = (group: Handler): Handler => ({
  ...group,
  create(ctx, inputs, exists) {
    checkOptions(ctx, String(inputs.name), optionsOf(inputs), []);
    return group.create(ctx, inputs, exists);
  },
  update(ctx, name, olds, news, changed) {
    const names = new Set(optionsOf(news).map(({ optionName }) => optionName));
    const gone = optionsOf(olds).flatMap(({ optionName }) => (names.has(optionName) ? [] : [optionName]));
    checkOptions(ctx, name, optionsOf(news), gone);
    return group.update?.(ctx, name, olds, news, changed) ?? Promise.resolve();
  },
});
