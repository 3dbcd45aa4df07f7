namespace Shared.Testing;

/// <summary>Nothing is under way, and nothing was given up without somebody knowing.</summary>
internal static class MessageInvariants
{
    public static readonly IReadOnlyList<Invariant> All =
    [
        new("messages.none-outgoing", "every message was accepted by its receiver",
            "select format('%s: %s to %s (%s)', module, type, destination, id) from outgoing"),

        new("messages.none-incoming", "every message that is due was handled; time-outs in the future may wait",
            "select format('%s: %s at %s (%s, %s after %s attempts)', module, type, destination, id, lower(status), attempts) from incoming where due"),

        new("messages.none-dead", "no message was given up but those accounted for",
            "select format('%s: %s at %s (%s): %s', module, type, destination, id, fault) from dead_letters where id not in (select id from accounted)"),
    ];
}
