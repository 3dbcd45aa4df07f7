using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Users;

/// <param name="Issuer">What tokens name as their issuer, and what every host checks.</param>
/// <param name="Audience">Whom tokens are for; checked as well.</param>
/// <param name="FailedSignIns">So many in a row lock an account.</param>
/// <param name="LockedFor">Counted from the last failure; after it the count begins anew.</param>
/// <param name="ConfirmedEmail">Nobody signs in before he has confirmed his address.</param>
/// <param name="OperatorsSecondFactor">No operator signs in by his password alone.</param>
internal sealed record UsersSettings(string Issuer, string Audience, int FailedSignIns, TimeSpan LockedFor, bool ConfirmedEmail, bool OperatorsSecondFactor)
{
    private const string Gone = "Users:DevelopmentTokens", Failures = "Users:SignIn:Failures", Locked = "Users:SignIn:LockedFor", Confirmed = "Users:SignIn:ConfirmedEmail", Second = "Users:SignIn:SecondFactor", Operators = "operators";

    public static UsersSettings Of(IConfiguration configuration) => new(
        configuration["Tokens:Issuer"] ?? "http://modular",
        AudienceOf(configuration),
        configuration.GetValue(Failures, 10),
        configuration.GetValue(Locked, TimeSpan.FromMinutes(15)),
        configuration.GetValue(Confirmed, false),
        configuration[Second] == Operators);

    public static string AudienceOf(IConfiguration configuration) => configuration["Tokens:Audience"] ?? "modular";

    public bool NeedsSecondFactor(Account account) => OperatorsSecondFactor && account.Role == Role.Operator;

    public static IEnumerable<string> Faults(IConfiguration configuration)
    {
        if (configuration[Gone] is not null)
            yield return $"{Gone} is no setting any more: nobody gets a token for the asking. Remove it. A program gets its tokens as a client: name one by Users:Clients:<id>:Secret and Users:Clients:<id>:Role, or an outside issuer by Tokens:Authority.";

        if (configuration[Failures] is { } failures && !(int.TryParse(failures, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 1000))
            yield return $"{Failures} is '{failures}': it must be a number from 1 to 1000.";

        if (configuration[Locked] is { } locked && Times.Read(locked, TimeSpan.FromDays(1)) is null) yield return Times.Fault(Locked, locked, "a day");

        if (configuration[Confirmed] is { } confirmed)
        {
            if (!bool.TryParse(confirmed, out var needed)) yield return $"{Confirmed} is '{confirmed}': it must be true or false.";
            if (needed && (configuration["Users:Mail:Provider"] is null || MailSettings.LinksOf(configuration) is null || Client.All(configuration).Count == 0))
                yield return $"{Confirmed} is on, but nobody could confirm an address: that takes Users:Mail:Provider, a client in Users:Clients, and where browsers reach the shop, Users:Mail:Links.";
        }

        if (configuration[Second] is { } second and not "optional")
        {
            if (second != Operators) yield return $"{Second} is '{second}': it must be optional or {Operators}.";
            else if (Client.All(configuration).Count == 0) yield return $"{Second} is {Operators}, but this shop's own provider, where they would be asked for it, is off: name clients in Users:Clients, or remove it.";
        }

        foreach (var fault in KeySettings.Faults(configuration).Concat(ProviderSettings.Faults(configuration)).Concat(MailSettings.Faults(configuration))) yield return fault;
    }
}
