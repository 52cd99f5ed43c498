using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Bzt.Grains.Providers.Sms;
using Bzt.Simulators;
using Bzt.Simulators.BankCards;
using Bzt.Tests.Peers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bzt.Tests.Simulators;

public sealed class SimulatorsHostTests
{
    [Theory]
    [InlineData("Production")]
    [InlineData("Staging")]
    public void It_starts_in_development_only(string environment)
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => SimulatorsHost.Build(["--environment", environment, "--urls", "http://127.0.0.1:0"]));
        Assert.Contains("Development", refusal.Message);
    }

    [Fact]
    public async Task It_does_not_start_without_a_password_and_a_token()
    {
        await using var app = SimulatorsHost.Build(["--environment", "Development", "--urls", "http://127.0.0.1:0", "--Simulators:Password", "short"], builder => builder.Logging.ClearProviders());
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());
        Assert.Contains(nameof(SimulatorOptions.Password), refusal.Message);
        Assert.Contains(nameof(SimulatorOptions.ControlToken), refusal.Message);
    }

    [Fact]
    public async Task The_settings_file_says_what_the_host_says_and_only_its_owner_reads_it()
    {
        using var folder = new TemporaryFolder();
        await using var simulators = await RunningSimulators.StartAsync(folder: folder.FullName);
        using var settings = JsonDocument.Parse(await File.ReadAllBytesAsync(folder["providers.json"]));
        var sms = settings.RootElement.GetProperty("Providers").GetProperty("Sms");
        Assert.Equal(simulators.Settings["Providers:Sms:AccessKeySecret"], sms.GetProperty("AccessKeySecret").GetString());
        Assert.Equal(simulators.Settings["Providers:Sms:Templates:ResetPin"], sms.GetProperty("Templates").GetProperty("ResetPin").GetString());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["providers.json"]));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["keys.json"]));
        }
    }

    [Fact]
    public async Task Control_needs_its_token()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        foreach (var token in new[] { null, "Bearer wrong", RunningSimulators.Token })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(simulators.Address, "control/persons/1"));
            if (token is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", token);
            }

            using var response = await simulators.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }

        Assert.Equal(TestPerson.Get(1), await simulators.Control.PersonAsync(1));
    }

    [Theory]
    [InlineData("sms", "{}", HttpStatusCode.NoContent)]
    [InlineData("sms", """{"kind":"Delay","milliseconds":-1}""", HttpStatusCode.BadRequest)]
    [InlineData("sms", """{"kind":"Explode"}""", HttpStatusCode.BadRequest)]
    [InlineData("sms", """{"kind":"Fail","count":1000}""", HttpStatusCode.BadRequest)]
    [InlineData("sms", "not json", HttpStatusCode.BadRequest)]
    [InlineData("telegraph", """{"kind":"Fail"}""", HttpStatusCode.NotFound)]
    public async Task Steering_takes_only_what_it_understands(string provider, string json, HttpStatusCode expected)
    {
        await using var simulators = await RunningSimulators.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(simulators.Address, $"control/steer/{provider}")) { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") };
        request.Headers.Add("Authorization", $"Bearer {RunningSimulators.Token}");
        using var response = await simulators.Http.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task A_recorded_message_cannot_be_sent_again()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        await using var recorder = await Providers.Impostor.StartAsync("{}", []);
        // Signed for the recorder's address; the signature covers the host, so the replay names it too.
        await simulators.Adapter<ISmsSender>(null, ("Providers:Sms:Endpoint", recorder.Address.AbsoluteUri)).SendCodeAsync("13800000000", "123456", SmsPurpose.Login, "r");
        var first = await Replay();
        Assert.Contains("\"OK\"", first);
        Assert.Contains("SignatureNonceUsed", await Replay());

        async Task<string> Replay()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(simulators.Address, recorder.LastPath));
            foreach (var (name, value) in recorder.Last.Headers.Where(header => header.Name is "Host" or "Authorization" || header.Name.StartsWith("x-acs-", StringComparison.Ordinal)))
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using var response = await simulators.Http.SendAsync(request);
            return await response.Content.ReadAsStringAsync();
        }
    }

    [Fact]
    public void Test_persons_are_many_distinct_and_well_formed()
    {
        var persons = Enumerable.Range(1, 5000).Append(TestPerson.Last).Select(TestPerson.Get).ToList();
        Assert.Equal(persons.Count, persons.Select(person => person.IdNumber).Distinct().Count());
        Assert.Equal(persons.Count, persons.Select(person => person.Phone).Distinct().Count());
        Assert.All(persons, person =>
        {
            Assert.Equal(person, TestPerson.OfCard(person.CardNumber));
            Assert.Equal(18, person.IdNumber.Length);
            Assert.Equal(0, person.CardNumber.Reverse().Select((digit, i) => i % 2 == 0 ? digit - '0' : ((digit - '0') * 2 / 10) + ((digit - '0') * 2 % 10)).Sum() % 10);
            // GB 11643 by its weights, 2^(17-i) mod 11.
            var sum = person.IdNumber.Select((digit, i) => (digit == 'X' ? 10 : digit - '0') * (int)(Math.Pow(2, 17 - i) % 11)).Sum();
            Assert.Equal(1, sum % 11);
        });
    }
}
