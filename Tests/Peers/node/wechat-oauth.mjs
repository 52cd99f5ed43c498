// Drives the WeChat login simulator with npm's wechat-oauth. One JSON line out.
// The SDK's addresses are fixed; only their origin is changed here, as a name server would.
// arguments: simulators appId appSecret returnUrl state: the consent page's address;
//            simulators appId appSecret code: redeems the code and asks who it is.
import OAuth from 'wechat-oauth';

const [simulators, appId, appSecret, codeOrReturnUrl, state] = process.argv.slice(2);
const api = new OAuth(appId, appSecret);
const here = (url) => url.replace(/^https:\/\/(open|api)\.weixin\.qq\.com\//, simulators);
const request = api.request;
api.request = function (url, ...rest) { return request.call(this, here(url), ...rest); };
const call = (method, ...args) => new Promise((resolve, reject) => method.call(api, ...args, (error, result) => (error ? reject(error) : resolve(result))));

if (state !== undefined) {
  console.log(JSON.stringify({ url: here(api.getAuthorizeURLForWebsite(codeOrReturnUrl, state, 'snsapi_login')) }));
} else {
  try {
    const { data } = await call(api.getAccessToken, codeOrReturnUrl);
    const user = await call(api.getUser, { openid: data.openid });
    console.log(JSON.stringify({ openid: data.openid, unionid: data.unionid, user }));
  } catch (error) {
    console.log(JSON.stringify({ code: error.code, message: error.message }));
  }
}
