namespace Shared.Testing;

/// <summary>What a client and its tests know beyond the shop's own data.</summary>
public sealed record Known
{
    /// <summary>No order may be confirmed or dispatched any more: each is completed or cancelled.</summary>
    public bool EveryOrderIsOver { get; init; }

    /// <summary>Orders whose placing was answered with success.</summary>
    public IReadOnlyCollection<Guid> AcknowledgedOrders { get; init; } = [];

    /// <summary>Nobody else placed any, and every request got its final answer: an order beyond those is what a refusal left.</summary>
    public bool AcknowledgedAreAll { get; init; }

    /// <summary>Idempotency keys of requests whose last answer was a refusal.</summary>
    public IReadOnlyCollection<string> RefusedKeys { get; init; } = [];

    /// <summary>Dead letters that the test made on purpose.</summary>
    public IReadOnlyCollection<Guid> AccountedDeadLetters { get; init; } = [];
}

/// <summary>What was answered is so.</summary>
internal static class AnswerInvariants
{
    public static IReadOnlyList<Invariant> All(Known known) =>
    [
        new("answers.acknowledged-orders-exist", "an order whose placing was answered with success is there",
            "select format('order %s', id) from acknowledged where id not in (select order_id from orders)"),

        new("answers.kept-ones-are-true", "an order that a kept answer names is there",
            "select format('order %s, answered to %s', answer->>'Id', key) from answers where module = 'orders' and path = '/v1/orders' and (answer->>'Id')::uuid not in (select order_id from orders)"),

        new("answers.every-order-was-answered", "an order is there only with its answer",
            "select format('order %s', order_id) from orders where placed_at > now() - interval '6 days' and order_id not in (select (answer->>'Id')::uuid from answers where module = 'orders' and path = '/v1/orders')"),

        new("answers.refused-left-nothing", "a refused request keeps no answer, and so no effect",
            "select format('%s: %s %s', module, path, key) from answers where key in (select key from refused)"),

        .. known.AcknowledgedAreAll
            ? (IEnumerable<Invariant>)[new("answers.no-other-orders", "there is no order that nobody was told about",
                "select format('order %s is %s', order_id, status) from orders where order_id not in (select id from acknowledged)")]
            : [],
    ];
}
