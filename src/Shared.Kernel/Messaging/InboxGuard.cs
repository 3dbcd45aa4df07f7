namespace Shared.Kernel;

/// <summary>
/// Rules of the inbox that hold whatever Wolverine does, as triggers in the module's schema. A handled message stays handled (a woken process's failing handler may
/// not schedule it again or dead-letter it) and loses its body; only the transaction that handles a message marks it handled (see <see cref="Fence"/>); a dead letter's
/// identity is remembered, so that a late duplicate of it is refused.
/// </summary>
internal static class InboxGuard
{
    public const string Sql = """
        create or replace function guard_inbox_update() returns trigger language plpgsql set search_path from current as $$
        begin
          if old.status = 'Handled' and new.status <> 'Handled' then return null; end if;
          -- Wolverine's own, at local://durable, wait for their time there and are then sent: it handles them itself.
          if old.status <> 'Handled' and new.status = 'Handled' and new.received_at like 'module:%' and current_setting('modular.handles', true) <> new.id::text then return null; end if;
          if new.status = 'Handled' then new.body := ''; end if;
          return new;
        end $$;

        create or replace function guard_inbox_insert() returns trigger language plpgsql set search_path from current as $$
        begin
          if exists (select 1 from wolverine_dead_letters d where d.id = new.id and d.received_at = new.received_at and not coalesce(d.replayable, false)) then
            raise unique_violation using message = 'the message is a dead letter', table = 'wolverine_incoming_envelopes';
          end if;
          return new;
        end $$;

        create or replace function guard_inbox_delete() returns trigger language plpgsql set search_path from current as $$
        begin
          if old.status = 'Handled' and old.keep_until > now() then return null; end if;
          return old;
        end $$;

        create or replace function guard_dead_letter() returns trigger language plpgsql set search_path from current as $$
        begin
          if exists (select 1 from wolverine_incoming_envelopes i where i.id = new.id and i.received_at = new.received_at and i.status = 'Handled') then return null; end if;
          return new;
        end $$;

        create or replace trigger guard_update before update of status on wolverine_incoming_envelopes for each row execute function guard_inbox_update();
        create or replace trigger guard_insert before insert on wolverine_incoming_envelopes for each row execute function guard_inbox_insert();
        create or replace trigger guard_delete before delete on wolverine_incoming_envelopes for each row execute function guard_inbox_delete();
        create or replace trigger guard_dead_letter before insert on wolverine_dead_letters for each row execute function guard_dead_letter();
        """;
}
