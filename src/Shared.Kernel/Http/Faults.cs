namespace Shared.Kernel;

/// <summary>What was sought is not there, or not the caller's to see. HTTP 404; as a message it is a fault and retried.</summary>
public sealed class NotFoundException(string what) : Exception($"There is no {what}.");

/// <summary>A business rule says no. HTTP 409; a message is dead-lettered without retry.</summary>
/// <param name="code">Stable, for programs: <c>order.paid</c>.</param>
/// <param name="reason">For people: the rule and the way out.</param>
public sealed class RefusedException(string code, string reason) : Exception(reason)
{
    public string Code { get; } = code;
}

/// <summary>The caller's input breaks rules, all named at once. HTTP 400; a message is dead-lettered without retry.</summary>
public sealed class InvalidException(IReadOnlyDictionary<string, string[]> errors)
    : Exception("The request is not valid: " + string.Join(" ", errors.Select(error => $"{error.Key} {string.Join(", ", error.Value)}.")))
{
    public IReadOnlyDictionary<string, string[]> Errors { get; } = errors;
}

/// <summary>The entity has changed since the caller read it, or If-Match is missing where it is required. HTTP 412.</summary>
public sealed class ChangedMeanwhileException(string what) : Exception($"The {what} has changed since it was read: read it again and repeat.");
