namespace Bzt.LoadTests.Fuzzing;

/// <summary>Values that programs stumble over: ends of ranges, texts that mean something to somebody on the way, and what is no value at all.</summary>
internal static class Hostile
{
    /// <summary>Stands for the request's own mark, by which it is known again when an answer repeats it.</summary>
    public const string Mark = "\u0001";

    public static readonly string[] Texts = [
        "", " ", "\t", "\u0000", "a\u0000b", "\ud800", "\udfff\ud800", "\ufeff", "\uffff", "\u202e甲公司", "e\u0301\u0301\u0301", "👩‍👩‍👧‍👦", "İstanbul", "ﷺ", "𠮷野家", "１３８００１３８０００", "١٣٨٠٠١٣٨٠٠٠",
        Mark, $"<script>{Mark}</script>", $"\"><img src=x onerror={Mark}>", $"'{Mark}\"&", $"\r\nSet-Cookie: {Mark}=1", $"javascript:{Mark}", $"//{Mark}.example",
        "../../../../etc/passwd", "..\\..\\windows\\win.ini", "%2e%2e%2f%2e%2e%2f", "%00", "%c0%ae", "%", "%zz", "file:///etc/passwd", "http://169.254.169.254/latest/meta-data", "gopher://127.0.0.1:6379/_",
        "'); DROP TABLE OrleansStorage;--", "1' OR '1'='1", "${jndi:ldap://127.0.0.1/a}", "{{7*7}}", "$(id)", "`id`", "__proto__", "constructor", "null", "undefined", "NaN", "true", "-1", "0", "1e9", "0x10",
        "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "{01a21262-5bb7-7fa6-ae65-635864885e2a}", "01a21262-5bb7-7fa6-ae65-635864885e2",
        "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59-14:00", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01", "2026-01-01T00:00:00",
        "====", "AA=A", "AAAA\n", "MIIB", "MIAAAA==", "MISAAAAA", "MIT/////", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "91420500MA0000001X", "91420500ma0000001x", "91420500MA00000O1X"];

    /// <summary>As they stand in JSON; some are none.</summary>
    public static readonly string[] JsonFragments = [
        "null", "true", "false", "0", "-0", "-1", "1", "0.1", "1e2", "1E400", "-1E400", "1e-400", "2147483647", "2147483648", "-2147483648", "-2147483649", "9223372036854775807", "9223372036854775808",
        "-9223372036854775809", "99999999999999999999999999999999999999999999", "[]", "{}", "[null]", "[[]]", "{\"\":null}", "{\"__proto__\":{\"a\":1}}", "{\"$type\":\"System.IO.FileInfo\"}", "{\"$ref\":\"#\"}",
        "\"\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\uffff\"", "\"1\"", "\"true\"", "NaN", "Infinity", "01", "+1", ".5", "'a'", "undefined", "/*a*/1", "\"\\x41\"", "\"a\tb\"", "\"open"];

    public static readonly string[] MediaTypes = [
        "text/plain", "text/html", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=a", "application/json; charset=utf-16",
        "application/json; charset=nothing", "application/json;", "application/problem+json", "application/json, text/plain", "application/*+json", "*/*", "json", "/", "application/octet-stream", "image/png", "application/pdf", "application/jose"];

    public static readonly (string Name, string Value)[] Headers = [
        ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-For", "1.2.3.4, ::1, nobody"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", $"{Mark}.example"), ("Forwarded", $"for=127.0.0.1;host={Mark}.example"), ("Host", $"{Mark}.example"),
        ("X-Original-URL", "/ca-console"), ("X-HTTP-Method-Override", "DELETE"), ("Accept", "text/html"), ("Accept", "application/xml;q=1, */*;q=0"), ("Accept-Language", "xx-XX,*;q=nothing"), ("Accept-Encoding", "gzip, br, deflate, nothing"),
        ("Range", "bytes=0-0,2-2,4-4,99999999999999999999-"), ("If-None-Match", "*"), ("If-Match", "\"nothing\""), ("If-Modified-Since", "never"), ("Cookie", "ca-console=CfDJ8AAAA; ca-console-form=x"), ("Cookie", "a=b;;;=;\"; $Version=1"),
        ("Authorization", ""), ("Authorization", "Bearer"), ("Authorization", "DPoP x.y.z"), ("Authorization", "Basic Og=="), ("Authorization", "Bearer eyJhbGciOiJub25lIn0.e30."), ("DPoP", "x"), ("DPoP", "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6Im5vbmUifQ.e30."),
        ("traceparent", "00-0-0-0"), ("traceparent", "ff-ffffffffffffffffffffffffffffffff-ffffffffffffffff-ff"), ("baggage", "a=b,,,"), ("Origin", "null"), ("Origin", $"https://{Mark}.example"), ("Referer", $"https://{Mark}.example/"), ("Last-Event-ID", "-1"),
        ("Idempotency-Key", ""), ("Idempotency-Key", "a b\tc"), ("Idempotency-Key", $"<{Mark}>"), ("Content-Encoding", "gzip"), ("Content-Encoding", "br, nothing"), ("Content-MD5", "x"), ("Upgrade", "websocket"), ("Upgrade", "h2c"), ("TE", "trailers"),
        ("Bzt-App-Version", "0.0"), ("Bzt-App-Version", "999999999999.1"), ("Bzt-Console", ""), ("X-Request-Id", $"<{Mark}>"), ("User-Agent", $"() {{ :; }}; {Mark}"), ("Max-Forwards", "0"), ("Sec-Fetch-Site", "cross-site")];

    public static readonly string[] Methods = ["HEAD", "OPTIONS", "PATCH", "PUT", "DELETE", "GET", "POST", "TRACE", "PROPFIND", "get", "BREW"];
}
